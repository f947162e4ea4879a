import ScriptHost

/// A script's text: its header is read, or refused in words that name a line of it.
func readHeader(_ input: UnsafeRawBufferPointer) -> Int32 {
    let text = String(decoding: input, as: UTF8.self)
    do {
        let script = try Script(source: text)
        var given: [String: String] = [:]
        for parameter in script.header.parameters { given[parameter.name] = text }
        _ = try? script.bind(given) { _ in text }
        _ = try? script.bind([:]) { _ in text }
    } catch {
        precondition(error.line >= 1 && !error.reason.isEmpty, "a problem without a line or a reason")
    }
    return 0
}
