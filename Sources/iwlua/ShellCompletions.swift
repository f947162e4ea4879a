import ArgumentParser
import Foundation
import IwinvCatalog
import RunStore
import ScriptTools

/// What a shell offers for an argument. A completion never complains: where nothing can be read it offers nothing.
enum ShellCompletions {
    /// Ids of runs, the newest first.
    static let runs = CompletionKind.custom { _, _, prefix async in
        guard let settings = try? Settings(),
            FileManager.default.fileExists(atPath: StateFolder.path(settings.environment)),
            let journal = try? await settings.journal(), let runs = try? await journal.runs(limit: 200)
        else { return [] }
        return (["last"] + runs.map(\.id)).filter { $0.hasPrefix(prefix) }
    }

    static let profiles = CompletionKind.custom { _, _, prefix in
        let names = (try? Settings(maintaining: ProcessInfo.processInfo.environment))?.file.profiles.keys.sorted() ?? []
        return names.filter { $0.hasPrefix(prefix) }
    }

    static let operations = CompletionKind.custom { _, _, prefix in
        (Catalog.iwinv.interface.map { "\($0.name)" } + Catalog.iwinv.resources).filter { $0.hasPrefix(prefix) }
    }

    /// Everything that `iwlua doc` explains.
    static let topics = CompletionKind.custom { _, _, prefix in
        Reference(language: .english).names.filter { $0.hasPrefix(prefix) }
    }
}
