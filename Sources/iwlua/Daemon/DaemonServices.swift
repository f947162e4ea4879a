import DaemonWeb
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Scheduler
import ServiceLifecycle
import UnixSignals

/// The scheduler as a service: it ends by itself only when something is wrong.
struct ScheduleService: Service {
    let daemon: ScheduleDaemon
    let ready: @Sendable () -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await daemon.serve(ready: ready)
        } onGracefulShutdown: {
            daemon.stop()
        }
    }
}

/// All that a daemon does at the same time. SIGTERM and SIGINT end it in an orderly way: nothing new is started, what is
/// under way stops before its next request, and its journal says so.
struct DaemonServices {
    var services: [any Service]

    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    // In an orderly way also when one of them fails: runs are under way.
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.silent))
        try await group.run()
    }

    /// Serves a router on an address.
    ///
    /// - Parameter onListening: Told the port, which the system chose if the address says 0.
    static func server(
        _ router: Router<BasicRequestContext>, at address: ListenAddress,
        onListening: @escaping @Sendable (Int) -> Void
    ) -> some Service {
        Application(
            router: router,
            // Who says nothing for long is let go, and who keeps many lines open loses the oldest of them: the daemon needs
            // its descriptors for runs, and others want to see the page.
            server: .limited(),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(256, logger: silent)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? address.port) }, logger: silent)
    }

    /// What libraries would say is said by whoever uses them, in their words.
    static let silent = Logger(label: "iwlua", factory: { _ in SwiftLogNoOpLogHandler() })
}
