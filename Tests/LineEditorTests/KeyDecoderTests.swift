import LineEditor
import Testing

@Suite struct KeyDecoderTests {
    private func decode(_ text: String) -> [KeyEvent] {
        var decoder = KeyDecoder()
        return decoder.feed(Array(text.utf8))
    }

    @Test(arguments: [
        ("\u{1B}[A", Key(.up)), ("\u{1B}OA", Key(.up)), ("\u{1B}[1;5D", Key(.left, .control)),
        ("\u{1B}[1;3C", Key(.right, .alt)), ("\u{1B}[3~", Key(.delete)), ("\u{1B}[3;5~", Key(.delete, .control)),
        ("\u{1B}[H", Key(.home)), ("\u{1B}[4~", Key(.end)), ("\u{1B}[Z", Key(.tab, .shift)), ("\u{1B}b", .alt("b")),
        ("\u{1B}웹", .alt("웹")), ("\u{1B}\r", Key(.enter, .alt)), ("\u{1B}\u{7F}", Key(.backspace, .alt)),
        ("\u{1B}\u{1B}[D", Key(.left, .alt)), ("\u{1B}[13;3u", Key(.enter, .alt)), ("\u{1B}[27;5;97~", .control("a")),
        ("\u{1}", .control("a")), ("\u{1F}", .control("_")), ("\r", Key(.enter)), ("\n", Key(.enter)),
        ("\u{7F}", Key(.backspace)), ("\u{8}", Key(.backspace)), ("\t", Key(.tab)),
    ])
    func `sequences are keys`(bytes: String, key: Key) {
        #expect(decode(bytes) == [.key(key)])
    }

    @Test func `it does not matter where reads are cut`() {
        let bytes = Array("웹a\u{1B}[1;5C\u{1B}[200~x\n\u{1B}[31m👩‍👧\u{1B}[201~\u{1B}fé\r".utf8)
        let whole: [KeyEvent] = [
            .text("웹a"), .key(Key(.right, .control)), .paste("x\n\u{1B}[31m👩‍👧"), .key(.alt("f")), .text("é"),
            .key(Key(.enter)),
        ]
        for cut in 0...bytes.count {
            var decoder = KeyDecoder()
            let events = decoder.feed(Array(bytes[..<cut])) + decoder.feed(Array(bytes[cut...]))
            #expect(joined(events) == joined(whole), "cut at \(cut)")
        }
        var decoder = KeyDecoder()
        #expect(joined(bytes.flatMap { decoder.feed([$0]) }) == joined(whole))
    }

    /// Text cut by reads, put together.
    private func joined(_ events: [KeyEvent]) -> [KeyEvent] {
        events.reduce(into: []) { all, event in
            if case .text(let more) = event, case .text(let text) = all.last {
                all[all.count - 1] = .text(text + more)
            } else {
                all.append(event)
            }
        }
    }

    @Test func `a lone escape is a key only after silence`() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.wait == .sequence)
        #expect(decoder.expire() == [.key(Key(.escape))])
        #expect(decoder.feed([0x1B]) == [])
        #expect(decoder.feed([0x5B, 0x41]) == [.key(Key(.up))])
        #expect(decoder.feed([0x1B, 0x4F]) == [])
        #expect(decoder.expire() == [.key(.alt("O"))])
        #expect(decoder.wait == .nothing)
    }

    @Test func `a paste whose end never comes ends with silence`() {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array("\u{1B}[200~abc\u{1B}[20".utf8)) == [])
        #expect(decoder.wait == .paste)
        #expect(decoder.expire() == [.paste("abc\u{1B}[20")])
        #expect(decoder.feed([0x61]) == [.text("a")])
    }

    @Test func `sequences that mean nothing here are passed over`() {
        #expect(decode("a\u{1B}[?1;2cb\u{1B}[99~c\u{1B}[201~d") == ["a", "b", "c", "d"].map { .text($0) })
        #expect(decode("\u{1B}[1\rx") == [.key(Key(.enter)), .text("x")])
    }

    @Test func `what is no text in UTF-8 becomes a mark, and what follows is read`() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0xFF, 0x61]) == [.text("\u{FFFD}a")])
        #expect(decoder.feed([0xEC, 0x9B]) == [])
        #expect(decoder.wait == .character)
        #expect(decoder.feed([0x61]) == [.text("\u{FFFD}a")])
    }

    @Test func `no bytes trap it`() {
        var dice = SystemRandomNumberGenerator()
        var decoder = KeyDecoder()
        var events = 0
        for _ in 0..<20_000 {
            let byte =
                Bool.random(using: &dice)
                ? UInt8.random(in: 0...255, using: &dice) : [0x1B, 0x5B, 0x3B, 0x32][events % 4]
            events += decoder.feed([byte]).count
            if Int.random(in: 0..<50, using: &dice) == 0 { events += decoder.expire().count }
        }
        #expect(events > 1000)
        _ = decoder.expire()
        #expect(decoder.feed([0x61]) == [.text("a")])
    }
}
