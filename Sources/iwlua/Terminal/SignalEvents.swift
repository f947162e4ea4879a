import Dispatch
import Glibc

/// Signals that are events of the program and do not end it.
enum SignalEvents {
    /// Those that ask the program to end: Ctrl-C, `kill`, and a terminal that has gone. Who was told to outlive its terminal
    /// (`nohup`) does.
    static var ending: [Int32] { isIgnored(SIGHUP) ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP] }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Takes signals over.
    ///
    /// It returns when they are: a source is registered on another thread, and a signal that comes before would be lost or
    /// end the program.
    ///
    /// - Parameters:
    ///   - label: The name of the queue that runs the handler.
    ///   - handler: Called with the number of each signal that comes.
    /// - Returns: What has to be kept as long as the signals are events.
    static func take(
        _ numbers: [Int32], label: String, handler: @escaping @Sendable (_ number: Int32) -> Void
    ) -> [any DispatchSourceSignal] {
        let (queue, registered) = (DispatchQueue(label: label), DispatchSemaphore(value: 0))
        let sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            source.setRegistrationHandler { registered.signal() }
            source.resume()
            return source
        }
        for _ in numbers { registered.wait() }
        return sources
    }
}
