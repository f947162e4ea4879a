import Clocks
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
    func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        addHealth(to: router)
        return router
    }

    private func addHealth(to router: Router<BasicRequestContext>) {
        router.get("/healthz") { [self] _, _ in
            let standing = await daemon.standing
            let isWell = standing.isLooking(at: clock.now)
            return Response(
                status: isWell ? .ok : .serviceUnavailable, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: isWell ? "ok\n" : "not serving\n")))
        }
        router.get("/metrics") { [self] _, _ in
            let text = metrics.text(await daemon.standing, budgets: budgets.remaining, now: clock.now)
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
