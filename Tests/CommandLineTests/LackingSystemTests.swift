import Foundation
import Testing

/// A system without what the jail is made of: nothing is skipped in silence.
@Suite struct LackingSystemTests {
    /// Runs the binary where the kernel knows nothing of `lacking`.
    private func run(_ lacking: [String], _ arguments: [String]) async throws -> Iwlua.Result {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let probe = ProgramUnderTest.products.appendingPathComponent("WorkerProbe")
        let process = try iwlua.start(probe, lacking + ["--", Iwlua.binary.path] + arguments)
        return try await process.end()
    }

    private func warnings(_ result: Iwlua.Result) -> Int {
        result.errors.components(separatedBy: "cannot lock the script up completely").count - 1
    }

    @Test func `without seccomp a run warns once, and runs`() async throws {
        let result = try await run(["seccomp"], ["run", "--simulate", "-e", "print(1) time.sleep(1) print(2)"])
        #expect(result.status == 0)
        #expect(result.output == "1\n2\n")
        #expect(warnings(result) == 1)
        #expect(result.errors.contains("without seccomp"))
        #expect(result.errors.contains("iwlua doctor"))
    }

    @Test(arguments: [["seccomp"], ["seccomp", "landlock"]])
    func `without seccomp a run that requires the jail is refused before the script begins`(_ lacking: [String])
        async throws
    {
        let result = try await run(lacking, ["run", "--simulate", "--require-jail", "-e", "print('it ran')"])
        #expect(result.status != 0)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("cannot lock the Lua worker up: without "))
        #expect(result.errors.contains("seccomp"))
    }

    @Test func `without Landlock alone the jail is tight, and doctor says what is missing`() async throws {
        let run = try await run(["landlock"], ["run", "--simulate", "--require-jail", "-e", "print('it ran')"])
        #expect(run.status == 0)
        #expect(run.output == "it ran\n")
        #expect(warnings(run) == 0)
        let doctor = try await self.run(["landlock", "seccomp"], ["doctor"])
        #expect(doctor.output.contains("seccomp"))
        #expect(doctor.output.contains("Landlock"))
    }
}
