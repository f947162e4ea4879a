import LineEditor
import Testing

@Suite struct EditBufferTests {
    private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    @Test func `a syllable is one step and one deletion`() {
        var buffer = EditBuffer("name=\"웹서버\"")
        for _ in 0..<2 { buffer.moveLeft() }
        buffer.deleteBackward()
        #expect(buffer.text == "name=\"웹버\"")
        buffer.insert("넷")
        #expect(buffer.text == "name=\"웹넷버\"")
    }

    @Test func `pasted jamo become syllables`() {
        var buffer = EditBuffer()
        buffer.insert("\u{110B}\u{1170}\u{11B8}")
        #expect(scalars(buffer.text) == [0xC6F9])
    }

    @Test func `jamo typed one after the other become one syllable, and undo takes it back`() {
        var buffer = EditBuffer("a")
        for jamo in ["\u{110B}", "\u{1170}", "\u{11B8}"] { buffer.insert(jamo) }
        #expect(scalars(buffer.text) == [0x61, 0xC6F9])
        #expect(buffer.cursor.column == 2)
        buffer.deleteBackward()
        #expect(buffer.text == "a")
        buffer.undo()
        #expect(scalars(buffer.text) == [0x61, 0xC6F9])
        buffer.undo()
        #expect(buffer.text == "a")
    }

    @Test func `a mark joins the character before it`() {
        var buffer = EditBuffer("cafe")
        buffer.insert("\u{301}")
        #expect(scalars(buffer.text) == [0x63, 0x61, 0x66, 0xE9])
        #expect(buffer.cursor.column == 4)
    }

    @Test func `a base before a lone mark takes it`() {
        var buffer = EditBuffer("\u{301}x")
        buffer.moveToLineStart()
        buffer.insert("e")
        #expect(scalars(buffer.text) == [0xE9, 0x78])
        #expect(buffer.cursor.column == 1)
        buffer.undo()
        #expect(scalars(buffer.text) == [0x301, 0x78])
    }

    @Test func `an emoji of several people is one character`() {
        var buffer = EditBuffer("a👩‍👩‍👧b")
        buffer.moveLeft()
        buffer.deleteBackward()
        #expect(buffer.text == "ab")
    }

    @Test func `control characters do not get in, line breaks of all kinds do`() {
        var buffer = EditBuffer()
        buffer.insert("a\u{1B}[31mb\r\nc\rd\u{7}\te")
        #expect(buffer.text == "a[31mb\nc\nd\te")
        #expect(buffer.lines.count == 3)
    }

    @Test func `text of several lines goes into the middle of a line`() {
        var buffer = EditBuffer("ab")
        buffer.moveLeft()
        buffer.insert("1\n2\n3")
        #expect(buffer.text == "a1\n2\n3b")
        #expect(buffer.cursor == EditBuffer.Position(line: 2, column: 1))
        buffer.undo()
        #expect(buffer.text == "ab")
        #expect(buffer.cursor == EditBuffer.Position(line: 0, column: 1))
    }

    @Test func `line breaks are deleted from both sides`() {
        var buffer = EditBuffer("a\nb\nc")
        buffer.moveToLineStart()
        buffer.deleteBackward()
        #expect(buffer.text == "a\nbc")
        buffer.moveToStart()
        buffer.moveToLineEnd()
        buffer.deleteForward()
        #expect(buffer.text == "abc")
    }

    @Test func `words are letters and digits of any script`() {
        var buffer = EditBuffer("iwinv.instances list_웹서버  {")
        buffer.moveWordLeft()
        #expect(buffer.cursor.column == 16)
        buffer.moveWordLeft()
        #expect(buffer.cursor.column == 6)
        buffer.moveWordRight()
        #expect(buffer.cursor.column == 15)
    }

    @Test func `words are found over line breaks`() {
        var buffer = EditBuffer("one\n  two")
        buffer.moveToStart()
        buffer.moveWordRight()
        buffer.moveWordRight()
        #expect(buffer.cursor == EditBuffer.Position(line: 1, column: 5))
        buffer.moveWordLeft()
        buffer.moveWordLeft()
        #expect(buffer.cursor == EditBuffer.Position(line: 0, column: 0))
    }

    @Test func `kills one after the other are yanked together`() {
        var buffer = EditBuffer("a bb 웹")
        buffer.killWordBackward()
        buffer.killWordBackward()
        #expect(buffer.text == "a ")
        buffer.moveToLineStart()
        buffer.yank()
        #expect(buffer.text == "bb 웹a ")
    }

    @Test func `a kill after another command starts anew`() {
        var buffer = EditBuffer("one two")
        buffer.killWordBackward()
        buffer.moveToLineStart()
        buffer.killToLineEnd()
        #expect(buffer.killed == "one ")
    }

    @Test func `killing at the end of a line joins it with the next`() {
        var buffer = EditBuffer("a\nb")
        buffer.moveToStart()
        buffer.killToLineEnd()
        buffer.killToLineEnd()
        #expect(buffer.text == "b")
        buffer.yank()
        #expect(buffer.text == "a\nb")
    }

    @Test func `a killed stretch up to a space keeps what a word would cut`() {
        var buffer = EditBuffer("f a.b-c ")
        buffer.killBlankBackward()
        #expect(buffer.text == "f ")
    }

    @Test func `transposing swaps the last two at the end, those around the cursor elsewhere`() {
        var buffer = EditBuffer("웹서")
        buffer.transpose()
        #expect(buffer.text == "서웹")
        buffer = EditBuffer("abc")
        buffer.moveLeft()
        buffer.transpose()
        #expect(buffer.text == "acb")
        #expect(buffer.cursor.column == 3)
        buffer.undo()
        #expect(buffer.text == "abc")
    }

    @Test func `undo goes word by word, also in the middle of a line`() {
        var buffer = EditBuffer("()")
        buffer.moveLeft()
        for letter in "one two" { buffer.insert(String(letter)) }
        #expect(buffer.text == "(one two)")
        let steps = (0..<3).map { _ in
            buffer.undo()
            return buffer.text
        }
        #expect(steps == ["(one )", "(one)", "()"])
        let more = buffer.undo()
        #expect(!more)
    }

    @Test func `any row of edits is taken back to where it began`() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var buffer = EditBuffer("웹 a\n b\u{301}c\n\nd")
            let start = buffer.text
            for _ in 0..<40 {
                switch Int.random(in: 0..<12, using: &dice) {
                case 0: buffer.insert("x")
                case 1: buffer.insert("\u{1161}")
                case 2: buffer.insert("\u{1100}")
                case 3: buffer.insert("q\nr")
                case 4: buffer.deleteBackward()
                case 5: buffer.deleteForward()
                case 6: buffer.killWordBackward()
                case 7: buffer.yank()
                case 8: buffer.transpose()
                case 9: buffer.moveLeft()
                case 10: _ = buffer.moveUp()
                default: buffer.moveWordRight()
                }
                #expect(buffer.lines[buffer.cursor.line].count >= buffer.cursor.column)
                guard EditBuffer(buffer.text).lines == buffer.lines else {
                    Issue.record("\(buffer.lines) would be read in another way")
                    return
                }
            }
            while buffer.undo() {}
            #expect(scalars(buffer.text) == scalars(start))
        }
    }

    @Test func `going up beside wide characters keeps the column of the screen`() {
        var buffer = EditBuffer("abcdef\n웹서버")
        buffer.moveLeft()
        let moved = buffer.moveUp()
        #expect(moved)
        #expect(buffer.cursor.column == 4)
        let again = buffer.moveUp()
        #expect(!again)
    }

    @Test func `bytes and positions go together, and there is none inside a character`() {
        let buffer = EditBuffer("a웹\nb")
        #expect(buffer.byteOffset(of: EditBuffer.Position(line: 1, column: 1)) == 6)
        #expect(buffer.position(atByte: 6) == EditBuffer.Position(line: 1, column: 1))
        #expect(buffer.position(atByte: 4) == EditBuffer.Position(line: 0, column: 2))
        #expect(buffer.position(atByte: 2) == nil)
        #expect(buffer.position(atByte: 7) == nil)
    }
}
