import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first ends the run in an orderly way, the second at once.
final class Interrupts: Sendable {
    private let count = Mutex(0)
    // Filled before the run starts and read after it has ended.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []
    private let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    var isInterrupted: Bool {
        count.withLock { $0 > 0 }
    }

    /// From now on the signals are taken.
    func listen(_ stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "iwlua.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in
                let times = count.withLock { count in
                    count += 1
                    return count
                }
                if times > 1 { Foundation.exit(130) }
                Terminal.error(
                    terminal.say(
                        "\ninterrupted: waiting for what is on its way (again to stop at once)\n",
                        "\n중단: 이미 보낸 요청을 기다립니다(다시 누르면 즉시 종료)\n"))
                stop()
            }
            source.resume()
            sources.append(source)
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }
}
