import Clocks
import IwinvWire
import Synchronization

/// Who has logged in with the token. In memory: a restart logs everybody out.
final class WebSessions: Sendable {
    struct Session: Sendable {
        /// What each form of this session must bring along.
        var form: String
        var expires: Instant
    }

    private struct State {
        var sessions: [String: Session] = [:]
        var failures = 0
        var failedAt: Instant?
    }

    private static let lifetime = Duration.seconds(12 * 3600)
    private let token: String?
    private let state = Mutex(State())

    init(token: String?) { self.token = token }

    var isOffered: Bool { token != nil }

    /// The right token always enters, however many wrong ones others have sent.
    ///
    /// - Returns: The new session's name, for its cookie; nil if that is not the token.
    func login(_ given: String, at now: Instant) -> String? {
        // Digests, so that the time that comparing takes says nothing about the token.
        guard let token else { return nil }
        let isRight = SHA256.digest(Array(token.utf8)) == SHA256.digest(Array(given.utf8))
        return state.withLock { state in
            if let failedAt = state.failedAt, now - failedAt > .seconds(60) {
                (state.failures, state.failedAt) = (0, nil)
            }
            guard isRight else {
                state.failures += 1
                state.failedAt = now
                return nil
            }
            state.sessions = state.sessions.filter { $0.value.expires > now }
            let name = Self.random()
            state.sessions[name] = Session(form: Self.random(), expires: now + Self.lifetime)
            return name
        }
    }

    /// How long the answer to a wrong token waits: after ten of them within a minute, two seconds. With the most connections
    /// that there may be that is some sixty guesses a second, of a token with at least 16 characters.
    func pause(at now: Instant) -> Duration {
        state.withLock { $0.failures > 10 } ? .seconds(2) : .zero
    }

    func session(_ name: String?, at now: Instant) -> Session? {
        guard let name, let session = state.withLock({ $0.sessions[name] }), session.expires > now else { return nil }
        return session
    }

    func logout(_ name: String) { _ = state.withLock { $0.sessions.removeValue(forKey: name) } }

    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next() | 1 << 63, radix: 16) }.joined()
    }
}
