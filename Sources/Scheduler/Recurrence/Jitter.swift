/// How much later than its instants a schedule starts, so that many of one hour do not start together.
public enum Jitter {
    /// Always the same for one name: less than `range`, in whole seconds.
    ///
    /// Drawn anew at each start it would make a daily schedule starve or drift. FNV-1a, mixed once more: short names that
    /// differ in one letter lie far apart.
    public static func delay(of name: String, within range: Duration) -> Duration {
        let seconds = UInt64(max(0, range.components.seconds))
        guard seconds > 0 else { return .zero }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 31) &* 0x9e37_79b9_7f4a_7c15
        return .seconds(Int64((hash ^ hash >> 29) % seconds))
    }
}
