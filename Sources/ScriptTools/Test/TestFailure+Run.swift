import IwinvCatalog
import ScriptHost

extension TestFailure {
    /// Why a test's own run did not end well.
    init(_ report: RunReport, _ stage: TestStage, timeout: Duration) {
        let failure = report.failure
        self.init(message: failure?.message ?? "ended `\(report.ended.rawValue)`")
        if report.ended == .interrupted {
            message = "stopped: it took longer than \(timeout.text) by the clock on the wall (--timeout allows more)"
        }
        if report.ended == .killed { message += " (--cpu and --memory allow more)" }
        if failure?.chunk != TestPrelude.driverName { (file, line) = (failure?.chunk, failure?.line) }
        // The innermost frame is the place itself, the outermost the tool's.
        traceback = (failure?.traceback.dropFirst() ?? []).filter { !$0.hasPrefix("\(TestPrelude.driverName):") }
        notes = stage.notes
    }

    /// Why a file could not be loaded.
    init(_ error: any Error, in path: String) {
        switch error {
        case let problem as HeaderProblem: self.init(message: problem.reason, line: problem.line, path: path)
        case let problem as RecordingProblem:
            self.init(message: problem.description, line: problem.line, path: path)
        default: self.init(message: "\(error)")
        }
    }

    private init(message: String, line: Int, path: String) {
        self.init(message: message)
        file = path.split(separator: "/").last.map(String.init)
        self.line = line
    }
}
