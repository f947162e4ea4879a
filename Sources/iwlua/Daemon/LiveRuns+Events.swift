import DaemonWeb
import IwinvCatalog
import IwinvWire
import ScriptHost

extension LiveRuns {
    /// What a page shows of it; secrets are for terminals.
    func note(_ event: RunEvent, in run: String) {
        switch event {
        case .printed(let line): say(line, in: run)
        case .logged(let line):
            let fields = line.fields.keys.sorted().map { key in
                let value = line.fields[key] ?? .null
                return " \(key)=" + (value.stringValue ?? String(decoding: JSONCodec.encode(value), as: UTF8.self))
            }
            say("\(line.level.rawValue)  \(line.message)" + fields.joined(), in: run)
        case .called(let operation, let subject): call(Self.words(operation, subject), in: run)
        case .answered(let operation, let subject, _): answer(Self.words(operation, subject), in: run)
        case .progress(let done, let total, let text):
            note(Progress(done: done, total: total, text: text), in: run)
        case .ended(let report):
            if let failure = report.failure { say(failure.message, in: run) }
            end(run)
        case .waiting(let wait): say(wait.sentence.english, in: run)
        case .attempted, .secret: break
        }
    }

    private static func words(_ operation: OperationName, _ subject: String?) -> String {
        "\(operation)" + (subject.map { " " + $0 } ?? "")
    }
}
