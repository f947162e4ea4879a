import Foundation
import Testing

/// The program that the tests of the command line start; `iwlua-worker` lies beside it.
///
/// It is the debug program of the build that the tests are of, or the release program that `IWLUA_TEST_BINARY` names
/// (`scripts/test --release`).
enum ProgramUnderTest {
    private static let named = ProcessInfo.processInfo.environment["IWLUA_TEST_BINARY"].flatMap {
        $0.isEmpty ? nil : $0
    }

    static let binary = named.map { URL(fileURLWithPath: $0) } ?? products.appendingPathComponent("iwlua")

    /// The folder with what was built together with the tests: the debug program, and programs that only tests use.
    static let products: URL = {
        let bundle = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
        if FileManager.default.isExecutableFile(atPath: bundle.appendingPathComponent("iwlua").path) { return bundle }
        return Iwlua.repository.appendingPathComponent(".build/debug")
    }()

    /// Only the debug program has fail points (`IWLUA_FAIL_AT`) and a clock that goes faster (`IWLUA_DAEMON_CLOCK`).
    static let isDebug = named == nil
}

extension Trait where Self == ConditionTrait {
    /// Needs what only the debug program has.
    static var debugProgram: Self {
        .enabled(if: ProgramUnderTest.isDebug, "the release program has no fail points and no fast clock")
    }
}
