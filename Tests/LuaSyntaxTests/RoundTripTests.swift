import Foundation
import LuaSyntax
import Testing

@Suite struct RoundTripTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func files(_ folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: root.appending(path: folder), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "lua" }.sorted { $0.path < $1.path }
    }

    @Test(arguments: ["Tests/Official", "Tests/Hostile", "scripts/automation"])
    func everyLuaFileHereIsTakenAndPrintedAsItWas(_ folder: String) throws {
        let files = try Self.files(folder)
        #expect(files.count >= 9)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let tree = LuaTree(parsing: LuaSource(bytes: bytes))
            #expect(tree.bytes == bytes, "\(file.lastPathComponent)")
            let first = tree.problems.first
            #expect(
                first == nil,
                "\(file.lastPathComponent):\(first.map { tree.source.line(at: $0.range.lowerBound) } ?? 0): \(first?.message ?? "")"
            )
            TreeShape.check(tree)
        }
    }

    @Test func whatIsBrokenIsPrintedAsItWasToo() {
        for seed in 0..<500 as Range<UInt64> {
            let bytes = GrammarGenerator.mutated(seed: seed)
            let tree = LuaTree(parsing: LuaSource(bytes: bytes))
            #expect(tree.bytes == bytes)
            TreeShape.check(tree)
        }
    }

    @Test func triviaAreKeptApart() {
        let tree = LuaTree(parsing: "#!/usr/bin/env iwlua\n-- one\n  --[[two]]x = 1 -- three")
        #expect(tree.problems.isEmpty)
        #expect(
            tree.trivia(beforeToken: 0).map(\.kind) == [
                .interpreterLine, .blank, .lineComment, .blank, .longComment,
            ])
        #expect(tree.trivia(beforeToken: 3).map { tree.source.text($0.range) } == [" ", "-- three"])
    }
}

/// The tokens of a node enclose those of its parts, and statements leave no token out.
enum TreeShape {
    static func check(_ tree: LuaTree) {
        #expect(tree.block.tokens == 0..<tree.tokens.count - 1)
        check(tree.block, tree)
    }

    static func check(_ block: LuaBlock, _ tree: LuaTree) {
        var next = block.tokens.lowerBound
        for statement in block.statements {
            #expect(statement.tokens.lowerBound == next)
            next = statement.tokens.upperBound
            for inner in blocks(in: statement) {
                #expect(statement.tokens.lowerBound <= inner.tokens.lowerBound)
                #expect(inner.tokens.upperBound <= statement.tokens.upperBound)
                check(inner, tree)
            }
        }
        if tree.problems.isEmpty { #expect(next == block.tokens.upperBound) }
    }

    private static func blocks(in statement: LuaStatement) -> [LuaBlock] {
        switch statement.kind {
        case .do(let block), .while(_, let block), .repeat(let block, _), .numericFor(_, _, _, _, let block),
            .genericFor(_, _, let block):
            [block]
        case .if(let branches, let alternative): branches.map(\.block) + (alternative.map { [$0] } ?? [])
        case .localFunction(_, let function), .function(_, _, let function): [function.body]
        default: []
        }
    }
}
