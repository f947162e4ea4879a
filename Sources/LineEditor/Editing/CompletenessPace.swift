/// How often it is asked whether a text is complete.
///
/// At each Enter while the text is short. A longer one, of which more is already waiting to be read, is a paste into a
/// terminal that does not mark pasted text: asking at each of its lines would take time that grows with the square of its
/// length, so it is asked again only when it has grown by an eighth, or when no more is waiting.
struct CompletenessPace: Sendable {
    private static let short = 4096
    private var asked = 0

    mutating func asks(length: Int, inputWaits: Bool) -> Bool {
        guard length > Self.short, inputWaits, length < asked + asked / 8 else {
            asked = length
            return true
        }
        return false
    }
}
