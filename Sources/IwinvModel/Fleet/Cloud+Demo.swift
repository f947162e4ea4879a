public import Clocks

extension Cloud {
    /// The fleet that `--simulate` shows: 30 servers in two zones, `web-01` … `web-12` all on, eight and more with
    /// Korean names, four off and one in error; with volumes, three firewalls, five bills, keys and scripts.
    ///
    /// One seed and one instant give the same cloud to the last byte.
    public static func demo(seed: UInt64, at instant: Instant) -> Cloud {
        var cloud = Cloud(seed: seed, at: instant)
        cloud.addDemoKeys(at: instant)
        for (index, server) in demoServers.enumerated() {
            // The oldest is 400 days old, the others follow at intervals of 13 days and some.
            let age = Duration.seconds(400 * 86_400 - Int64(index) * (13 * 86_400 + 4567))
            cloud.addServer(server, at: Instant(nanoseconds: instant.nanoseconds - age.wholeNanoseconds))
        }
        cloud.addDemoVolumes(at: instant)
        cloud.addDemoFirewalls()
        cloud.addDemoBills(at: instant)
        return cloud
    }

    /// A server that exists from the start.
    struct Founder {
        var name: String
        var description: String?
        var status = ServerStatus.active
        var zone = Offer.seoul
        var flavor = Offer.small
        var image = Offer.rocky
    }

    mutating func addServer(_ founder: Founder, at instant: Instant) {
        var server = makeServer(
            name: founder.name, zone: founder.zone, flavor: founder.flavor, image: founder.image, at: instant)
        server.description = founder.description
        server.timeline = .steady(founder.status)
        servers.append(server)
    }

    private static var demoServers: [Founder] {
        let web = (1...12).map { number in
            Founder(
                name: number < 10 ? "web-0\(number)" : "web-\(number)",
                description: number % 3 == 0 ? nil : number % 3 == 1 ? "웹 서버 (로드밸런서 뒤)" : "public web",
                zone: number <= 8 ? Offer.seoul : Offer.beta, image: number % 4 == 0 ? Offer.ubuntu : Offer.rocky)
        }
        return web + [
            Founder(name: "db-01", description: "primary", flavor: Offer.storage),
            Founder(name: "db-02", description: "replica", flavor: Offer.storage),
            Founder(name: "db-03", description: "분석용 복제본", zone: Offer.beta, flavor: Offer.storage),
            Founder(name: "db-04", status: .off, zone: Offer.beta, flavor: Offer.storage),
            Founder(name: "api-01", description: "v2 API", flavor: Offer.medium, image: Offer.ubuntu),
            Founder(name: "api-02", description: "v2 API", flavor: Offer.medium, image: Offer.ubuntu),
            Founder(name: "api-03", description: "v3 시험 중", status: .error, zone: Offer.beta, image: Offer.ubuntu),
            Founder(name: "batch-01", description: "nightly jobs", flavor: Offer.medium),
            Founder(name: "batch-02", status: .off, flavor: Offer.medium),
            Founder(name: "batch-03", description: "월말 정산", status: .off, zone: Offer.beta, flavor: Offer.medium),
            Founder(name: "웹-서버-01", description: "고객 포털"),
            Founder(name: "웹-서버-02", description: "고객 포털"),
            Founder(name: "결제-01", description: "결제 게이트웨이", flavor: Offer.medium),
            Founder(name: "결제-02", zone: Offer.beta, flavor: Offer.medium),
            Founder(name: "데이터베이스-01", description: "주문 DB", flavor: Offer.storage),
            Founder(name: "주문-처리-01", description: "<주문> & \"알림\"", image: Offer.ubuntu),
            Founder(name: "관리자-원격접속", description: "윈도우 관리 서버", zone: Offer.beta, image: Offer.windows),
            Founder(name: "백업-서버-01", description: "주간 백업", status: .off, flavor: Offer.storage),
        ]
    }

    private mutating func addDemoKeys(at instant: Instant) {
        let date = SeoulTime.dateAndTime(Instant(nanoseconds: instant.nanoseconds - 500 * 86_400 * 1_000_000_000))
        // Names need not be unique (CONTRACT 3.9).
        for name in ["deploy", "deploy", "운영팀"] {
            sshKeys.append(SSHKey(id: generator.identifier("SSHKEY"), name: name, startDate: date))
        }
        for name in ["bootstrap", "보안-설정"] {
            userScripts.append(UserScript(id: generator.identifier("SCRIPT"), name: name, startDate: date))
        }
    }
}
