/// Which lines of a session may be kept on disk.
public enum ReplHistoryRule {
    /// Whether nothing in a line looks like a key or a password.
    ///
    /// A line is rather forgotten once too often: what is in the history file is there for good.
    public static func keeps(_ line: String) -> Bool {
        let lower = line.lowercased()
        let words = ["password", "passwd", "secret", "access_key", "accesskey", "apikey", "api_key", "token", "비밀번호"]
        if words.contains(where: lower.contains) { return false }
        return !line.split(whereSeparator: { !isKeyCharacter($0) }).contains(where: looksLikeKey)
    }

    private static func isKeyCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+/=_-".contains(character))
    }

    /// Long, and of letters and digits in no order that a person would have chosen.
    private static func looksLikeKey(_ word: Substring) -> Bool {
        guard word.count >= 20 else { return false }
        // Identifiers of the cloud, names and paths are parts that are short, or words.
        let parts = word.split(whereSeparator: { "_-/=".contains($0) })
        return parts.contains { part in
            guard part.count >= 20 else { return false }
            let digits = part.count { $0.isNumber }
            return digits >= 2 && digits <= part.count - 2 || part.contains("+")
                || part.contains(where: \.isUppercase) && part.contains(where: \.isLowercase) && part.count >= 32
        }
    }
}
