import Foundation
import IwinvCatalog
import Testing

@Suite struct DoctorTests {
    private func states(_ result: Iwlua.Result) throws -> [String: String] {
        let rows = try #require(try result.json.arrayValue)
        return Dictionary(
            rows.compactMap { row in
                guard let check = row["check"]?.stringValue, let state = row["state"]?.stringValue else { return nil }
                return (check, state)
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `a healthy account is healthy in every respect`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let environment = simulator.environment.merging(["LANG": "C.UTF-8"]) { $1 }
        let result = try await iwlua.run("doctor", "--output", "json", environment: environment)
        #expect(result.status == 0, "\(result.output)")
        let states = try states(result)
        #expect(
            Set(states.keys) == [
                "settings", "keys", "proxy", "trust", "signature", "clock", "address", "zones", "firewall", "budget",
                "locale", "store",
                "lua", "sandbox",
            ])
        #expect(states.values.allSatisfy { $0 == "ok" }, "\(states)")
        let text = try await iwlua.run("doctor", environment: environment)
        #expect(text.output.contains("this machine's clock agrees with the cloud's"))
        #expect(!text.output.contains("simulated-secret-key"))
        _ = try await simulator.stop()
    }

    @Test func `the version names what is inside`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("--version", "--verbose")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("iwlua "), "\(result.output)")
        #expect(lines[1].contains(/^Lua 5\.4\.\d+ \(the system's: (5\.4\.\d+|none)\)$/), "\(result.output)")
        #expect(lines[2].hasPrefix("OpenSSL 3."))
    }

    @Test func `without an account it says how to get one, and still looks at the machine`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await iwlua.run("doctor", environment: ["LANG": "C"])
        #expect(result.status == 2)
        #expect(result.output.contains("iwlua profile add"))
        #expect(result.output.contains("export LANG=C.UTF-8"))
    }

    @Test func `a wrong secret key, a refused address and a wrong clock are told apart`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let simulator = try await SimulatorProcess(iwlua)
        let wrong = try await iwlua.run(
            "doctor", "--output", "json",
            environment: simulator.environment.merging(["IWINV_SECRET_KEY": "wrong"]) { $1 })
        #expect(wrong.status == 4)
        #expect(try states(wrong)["signature"] == "fail")
        _ = try await simulator.stop()

        let strict = try await SimulatorProcess(iwlua, "--fault", "zones.list: check-ip")
        let refused = try await iwlua.run("doctor", "--output", "json", environment: strict.environment)
        #expect(try states(refused)["address"] == "fail")
        #expect(try states(refused)["signature"] == "ok")
        _ = try await strict.stop()

        let skewed = try await SimulatorProcess(iwlua, "--fault", "*: clock-skew(-400s)")
        let late = try await iwlua.run("doctor", "--output", "json", environment: skewed.environment)
        #expect(late.status != 0)
        #expect(try states(late)["clock"] == "fail")
        #expect(late.output.contains("ahead"))
        _ = try await skewed.stop()
    }

    @Test func `a folder that cannot be written is found`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let file = try iwlua.file("not-a-folder", "")
        let result = try await iwlua.run("doctor", environment: ["IWLUA_STATE": file])
        #expect(result.status == 7)
        #expect(result.output.contains("IWLUA_STATE"))
    }
}
