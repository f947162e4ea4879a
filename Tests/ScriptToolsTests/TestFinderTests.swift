import Foundation
import ScriptHost
import ScriptTools
import Testing

@Suite struct TestFinderTests {
    @Test func `tests are found at any depth, in the order of their paths`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for name in ["b_test.lua", "a.lua", "deep/er/c_test.lua", ".hidden/d_test.lua", "a_test.lua", "test.lua"] {
            try scratch.file(name, "")
        }
        let path = scratch.folder.path
        #expect(
            try TestFinder.files(at: [path])
                == ["a_test.lua", "b_test.lua", "deep/er/c_test.lua"].map { "\(path)/\($0)" })
    }

    @Test func `a file that is named is a test whatever its name, and once`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try scratch.file("check.lua", "")
        #expect(try TestFinder.files(at: [path, path]) == [path])
    }

    @Test func `a place that is not there is an error`() throws {
        #expect(throws: ScriptProblem.self) { try TestFinder.files(at: ["/nowhere/at_all"]) }
    }

    @Test func `a link to a folder above ends no search in a circle`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.file("in/a_test.lua", "")
        try FileManager.default.createSymbolicLink(
            at: scratch.folder.appendingPathComponent("in/up"), withDestinationURL: scratch.folder)
        #expect(try TestFinder.files(at: [scratch.folder.path]).count == 1)
    }
}
