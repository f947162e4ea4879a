import Clocks
import DaemonWeb
import Hummingbird
import RunStore
import Scheduler

/// What the parts of a daemon share: pages, metrics and messages are made from it.
struct DaemonRoom: Sendable {
    let daemon: ScheduleDaemon
    let ledger: ScheduleLedger
    let journal: Journal
    let budgets: BudgetBoard
    let metrics: DaemonMetrics
    /// The scheduler's.
    let clock: any HostClock
    let terminal: Terminal
    let courier: NotificationCourier

    /// What is served on `--listen`.
    ///
    /// A page adds its routes here, or makes a router of its own for an address of its own.
    ///
    /// - Parameter hosts: The names under which it may be asked for.
    func router(_ hosts: HostRule) -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        addHealth(to: router, hosts)
        return router
    }

    private func addHealth(to router: Router<BasicRequestContext>, _ hosts: HostRule) {
        router.get("/healthz") { [self] request, _ in
            guard hosts.accepts(request.head.authority) else { return Self.notThisHost }
            let standing = await daemon.standing
            let isWell = standing.isLooking(at: clock.now)
            return Response(
                status: isWell ? .ok : .serviceUnavailable, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: isWell ? "ok\n" : "not serving\n")))
        }
        router.get("/metrics") { [self] request, _ in
            guard hosts.accepts(request.head.authority) else { return Self.notThisHost }
            let text = metrics.text(await daemon.standing, budgets: budgets.remaining, now: clock.now)
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private static var notThisHost: Response {
        Response(
            status: .misdirectedRequest, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: "not this host\n")))
    }
}
