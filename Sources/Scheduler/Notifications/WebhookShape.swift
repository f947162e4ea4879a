public import IwinvCatalog

/// What a webhook wants to be sent.
public enum WebhookShape: String, Sendable, CaseIterable {
    case slack, discord
    /// The document as it is.
    case json

    /// The body of a request. What the cloud or a script wrote is text in it: it mentions nobody and marks nothing up.
    public func body(_ message: NoticeMessage, _ language: Language) -> JSONValue {
        switch self {
        case .slack:
            [
                "text": .string(Self.slack(message.text(language))), "mrkdwn": false, "link_names": false,
                "unfurl_links": false, "unfurl_media": false,
            ]
        case .discord:
            [
                "content": .string(Self.discord(message.text(language))), "allowed_mentions": ["parse": []],
                // No previews of links.
                "flags": 4,
            ]
        case .json: message.document(language)
        }
    }

    /// Only these three have a meaning where `mrkdwn` is off: `<!channel>`, `<https://…|text>`, `&lt;`.
    static func slack(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// Every mark with a backslash before it; at most 2000 UTF-16 units, which is no more than 2000 of what Discord counts.
    static func discord(_ text: String) -> String {
        var result = ""
        var room = 2000 - 1
        for scalar in text.unicodeScalars {
            let isMark = "\\*_~`|>#-+<@:[]()!".unicodeScalars.contains(scalar)
            let length = (isMark ? 1 : 0) + (scalar.value > 0xFFFF ? 2 : 1)
            guard length <= room else { return result + "…" }
            room -= length
            if isMark { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
