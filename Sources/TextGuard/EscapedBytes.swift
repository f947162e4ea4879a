extension String {
    /// Text of bytes that may not be UTF-8: what is none is written out, `caf\\xe9`. Nothing is left out or replaced.
    package init(escapingInvalid bytes: some Collection<UInt8>) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var text = ""
        var decoder = UTF8()
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            var iterator = rest.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                let byte = rest.removeFirst()
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                decoder = UTF8()
                continue
            }
            text.unicodeScalars.append(scalar)
            rest = rest.dropFirst(UTF8.width(scalar))
            decoder = UTF8()
        }
        self = text
    }
}
