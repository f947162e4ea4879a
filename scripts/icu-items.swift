// Copies the items of ICU's data that a program in English and Korean needs: icu-items FROM TO
//
// The format (unicode/udata.h, ucmndata.h): a header that begins with its length; the number of items; for each item where
// its name and its bytes are, from the end of the header on; the names; the items, whose length is where the next begins.
import Foundation

/// A locale's name as items have it: `de`, `sr_Latn_BA`, `zh__PINYIN`; neither `root` nor `pool`, which all locales share.
func isLocale(_ name: Substring) -> Bool {
    let language = name.prefix { $0 != "_" }
    return (2...3).contains(language.count) && language.allSatisfy { $0.isASCII && $0.isLowercase }
        && name != "res_index"
}

func isNeeded(_ path: Substring) -> Bool {
    let tree = path.contains("/") ? path.prefix { $0 != "/" } : ""
    let file = path.split(separator: "/").last ?? path
    let name = file.prefix { $0 != "." }
    // Tables of other encodings, dictionaries that break Thai into words, letters that look alike, how letters of one
    // script are written in another, where lines may be broken, the names of characters.
    if [".cnv", ".dict", ".cfu"].contains(where: file.hasSuffix) || tree == "translit" { return false }
    if tree == "brkitr" && (file.contains("_model") || name.hasPrefix("line")) { return false }
    if file == "cnvalias.icu" || file == "unames.icu" { return false }
    let language = name.prefix { $0 != "_" }
    return !isLocale(name) || language == "en" || language == "ko"
}

func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("\(reason)\n".utf8))
    exit(1)
}

let arguments = CommandLine.arguments
guard arguments.count == 3, let data = FileManager.default.contents(atPath: arguments[1]) else {
    fail("usage: icu-items FROM TO")
}
let bytes = [UInt8](data)
func number(_ at: Int) -> Int {
    guard at >= 0, at + 4 <= bytes.count else { fail("ICU's data end too early") }
    return bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
}
// Little-endian, of ASCII, and a table of contents in its first format.
guard bytes.count > 32, bytes[2] == 0xDA, bytes[3] == 0x27, bytes[8] == 0, bytes[9] == 0,
    bytes[12..<17].elementsEqual(Array("CmnD".utf8) + [1])
else { fail("ICU's data are not in the format that is known") }
let header = Int(bytes[0]) | Int(bytes[1]) << 8
let count = number(header)

struct Item {
    var path: [UInt8]
    var bytes: ArraySlice<UInt8>
}
var items: [Item] = []
for index in 0..<count {
    let entry = header + 4 + 8 * index
    let name = header + number(entry)
    let start = header + number(entry + 4)
    let end = index + 1 < count ? header + number(entry + 12) : bytes.count
    guard name < bytes.count, start <= end, end <= bytes.count, let nameEnd = bytes[name...].firstIndex(of: 0) else {
        fail("ICU's data are not in the format that is known")
    }
    let path = bytes[name..<nameEnd]
    // The first part is the package: icudt76l/brkitr/char.brk
    let text = String(decoding: path, as: UTF8.self)
    guard let slash = text.firstIndex(of: "/") else { fail("ICU's data are not in the format that is known") }
    if isNeeded(text[slash...].dropFirst()) { items.append(Item(path: Array(path), bytes: bytes[start..<end])) }
}
for needed in ["root.res", "en.res", "ko.res", "zoneinfo64.res", "coll/ucadata.icu"]
where !items.contains(where: { String(decoding: $0.path, as: UTF8.self).hasSuffix("/\(needed)") }) {
    fail("ICU's data lack \(needed)")
}

func aligned(_ length: Int) -> Int { (length + 15) / 16 * 16 }
var toc: [UInt8] = []
func append(_ number: Int) { toc += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
var name = 4 + 8 * items.count
var start = aligned(header + name + items.reduce(0) { $0 + $1.path.count + 1 }) - header
append(items.count)
for item in items {
    append(name)
    append(start)
    name += item.path.count + 1
    start = aligned(header + start + item.bytes.count) - header
}
var output = Array(bytes[..<header]) + toc
for item in items { output += item.path + [0] }
for item in items {
    output += repeatElement(0, count: aligned(output.count) - output.count)
    output += item.bytes
}
guard FileManager.default.createFile(atPath: arguments[2], contents: Data(output)) else {
    fail("\(arguments[2]) cannot be written")
}
