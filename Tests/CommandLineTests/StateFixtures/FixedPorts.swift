import Foundation

/// Ports that do not change: of this process one at a time has each.
actor FixedPorts {
    static let shared = FixedPorts()

    private var taken: Set<Int> = []
    private var waiting: [Int: [CheckedContinuation<Void, Never>]] = [:]

    func enter(_ port: Int) async {
        guard taken.contains(port) else {
            taken.insert(port)
            return
        }
        await withCheckedContinuation { waiting[port, default: []].append($0) }
    }

    func leave(_ port: Int) {
        guard waiting[port]?.isEmpty ?? true else {
            waiting[port]?.removeFirst().resume()
            return
        }
        taken.remove(port)
    }
}

/// Another program listens where a fixture's cloud has to.
struct FixedPortProblem: Error, CustomStringConvertible {
    var port: Int
    var reason: any Error

    var description: String {
        """
        no simulated cloud can listen on 127.0.0.1:\(port), the port that the journals in Tests/Fixtures/State name \
        (\(reason)); `ss -ltnp sport = :\(port)` shows who does: end that program, or another run of these tests
        """
    }
}
