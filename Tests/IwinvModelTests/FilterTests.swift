import Clocks
import IwinvCatalog
import IwinvModel
import Testing

@Suite("Filters (CONTRACT 3.2 – 3.4)")
struct FilterTests {
    @Test("names are matched by substring, Korean ones too")
    func names() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.names(["name": "web-"]).count == 12)
        #expect(try cloud.names(["name": "서버"]) == ["웹-서버-01", "웹-서버-02", "백업-서버-01"])
        #expect(try cloud.names(["name": "결제"]) == ["결제-01", "결제-02"])
        #expect(try cloud.names(["name": "nothing-like-it"]).isEmpty)
    }

    @Test("a decomposed filter finds a composed name")
    func normalised() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.names(["name": "\u{1100}\u{1167}\u{11AF}\u{110C}\u{1166}"]) == ["결제-01", "결제-02"])
    }

    @Test("statuses are those of the instant")
    func status() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.names(["status": "off"]).count == 4)
        #expect(try cloud.names(["status": "error"]) == ["api-03"])
        _ = try cloud.rows("instances.reboot", ["instance_id": .string(try cloud.id("web-01"))])
        #expect(try cloud.names(["status": "work"]) == ["web-01"])
        #expect(try cloud.names(["status": "work"], at: start + .seconds(20)).isEmpty)
    }

    @Test("zones and images may be several")
    func lists() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let first = try cloud.names(["zone_id": "kr1_z09"]).count
        let second = try cloud.names(["zone_id": ["kr2-z01"]]).count
        #expect(first > 0 && second > 0 && first + second == 30)
        #expect(try cloud.names(["zone_id": ["kr1_z09", "kr2-z01"]]).count == 30)
        #expect(try cloud.names(["zone_id": "elsewhere"]).isEmpty)
        #expect(try cloud.names(["image_id": .string(rocky), "name": "web-04"]).isEmpty)
        #expect(try cloud.names(["image_id": .string(rocky), "name": "web-05"]) == ["web-05"])
    }

    @Test("sizes are bounded inclusively; a family is matched; nobody has a core type")
    func sizes() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.names(["min_memory": 8192, "max_memory": 8192]).count == 13)
        #expect(try cloud.names(["type": "STORAGE"]).count == 6)
        #expect(try cloud.names(["type": "UNHEARD_OF"]).isEmpty)
        #expect(try cloud.names(["core_type": "any"]).isEmpty)
        #expect(try cloud.names(["min_gpu": 1]).isEmpty)
        let page = Page.everything
        #expect(try cloud.rows("flavors.list", ["min_gpu": 1], page: page).count == 5)
        #expect(try cloud.rows("flavors.list", ["min_vcpu": 64], page: page).count == 1)
        #expect(try cloud.rows("flavors.list", ["type": ["STORAGE", "GPU"]], page: page).count == 15)
        #expect(try cloud.rows("flavors.list", ["image_type": "os_windows"], page: page).count == 18)
        #expect(try cloud.rows("flavors.list", ["zone_id": "kr2-z01"], page: page).count == 28)
        #expect(try cloud.rows("flavors.list", ["image_id": .string(rocky)], page: page).count == 33)
        #expect(try cloud.rows("flavors.list", ["image_id": "PIMAGE-0"], page: page).isEmpty)
    }

    @Test("an address or a range finds public and private addresses")
    func addresses() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        let server = try #require(cloud.servers.first { $0.name == "web-03" })
        #expect(try cloud.names(["ip": .string(server.publicAddress)]) == ["web-03"])
        #expect(try cloud.names(["ip": .string(server.privateAddress)]) == ["web-03"])
        #expect(try cloud.names(["ip": "203.0.113.0/24"]).count == 30)
        #expect(try cloud.names(["ip": "203.0.113.1,203.0.113.2"]) == ["web-01", "web-02"])
        #expect(try cloud.names(["ip": "10.100.0.0/15", "name": "db-"]).count == 4)
        #expect(try cloud.names(["ip": "0.0.0.0/0"]).count == 30)
        #expect(try cloud.names(["ip": "192.0.2.0/24"]).isEmpty)
    }

    @Test("a bad address is refused", arguments: ["300.1.2.3", "1.2.3", "1.2.3.4/33", "1.2.3.04", "web", "1.2.3.4,"])
    func badAddress(text: String) throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(
            try cloud.call("instances.list", ["ip": .string(text)]) == .refused(Refusal(.cidrNotValid, status: 400)))
    }

    @Test("IPv6 is refused by its own code")
    func version6() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.call("instances.list", ["ip": "2001:db8::1"]) == .refused(Refusal(.ipv6NotSupported)))
    }

    @Test("images: by system, by type, by visibility; an unknown system is refused (CONTRACT U9)")
    func images() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.rows("images.list").count == 8)
        #expect(try cloud.rows("images.list", ["os": ["ubuntu", "debian"]]).count == 3)
        #expect(try cloud.rows("images.list", ["os": "almalinux"]) == cloud.rows("images.list", ["os": "alma"]))
        #expect(try cloud.rows("images.list", ["os": "freebsd"]).isEmpty)
        #expect(try cloud.call("images.list", ["os": "Ubuntu"]) == .refused(Refusal(.checkParameterEnum, status: 400)))
        #expect(try cloud.rows("images.list", ["type": "os_windows"]).count == 1)
        #expect(try cloud.rows("images.list", ["visibility": "private"]).first?["name"] == "골든-이미지-web")
        #expect(try cloud.rows("images.list", ["name": "LTS"]).count == 2)
        #expect(try cloud.rows("images.get", ["image_id": .string(rocky)]).count == 1)
        #expect(try cloud.call("images.get", ["image_id": "PIMAGE-0"]) == .refused(Refusal(.invalidIdentifier)))
    }

    @Test("keys and scripts by name; an account without scripts gets 404 (CONTRACT U23)")
    func keys() throws {
        var cloud = Cloud.demo(seed: 1, at: start)
        #expect(try cloud.rows("ssh_keys.list", ["name": "deploy"]).count == 2)
        #expect(try cloud.rows("instances.user_scripts", ["name": "보안"]).count == 1)
        var empty = Cloud(seed: 1, at: start)
        #expect(try empty.rows("ssh_keys.list").isEmpty)
        #expect(try empty.call("instances.user_scripts") == .refused(Refusal(.notFound, status: 404)))
        empty.switches.missingUserScriptsAreNotFound = false
        #expect(try empty.rows("instances.user_scripts").isEmpty)
    }
}
