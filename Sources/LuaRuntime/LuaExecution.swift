internal import Glibc

/// Where scripts run: in a jailed process, unless the program chooses otherwise by name.
///
/// The worker is the product `iwlua-worker` of this package. Build it (`swift build --product iwlua-worker`) and ship it
/// beside your program's executable, or name its path. There is no fallback: a script whose worker cannot be started ends
/// with ``LuaKilled`` of the reason `worker`.
public enum LuaExecution: Sendable, Hashable {
    /// On threads of this process: the fastest. It isolates from mistakes, not from enemies: a fault of the system's Lua
    /// that a script reaches is a fault of your program. Choose it for scripts whose authors you trust.
    case inProcess
    /// Each script in a child process of its own, which is locked up: no files, no network, no credentials.
    ///
    /// - Parameters:
    ///   - worker: the path of `iwlua-worker`; `nil` means the one beside this program's executable.
    ///   - requiresJail: whether a script is refused on a system that cannot lock it up (``JailReport/isTight``).
    case process(worker: String? = nil, requiresJail: Bool = false)

    /// Starts a worker now for the run that comes next, so that it is there when the program has made its own
    /// preparations. In process there is nothing to prepare. A worker that is not used ends with the program.
    public func prepare() {
        guard case .process(let worker, _) = self else { return }
        WorkerSpawner.shared.prepare(worker ?? Self.workerBesideExecutable)
    }

    /// Asks a worker what this system locks it up by, without running a script.
    ///
    /// - Parameter worker: the path of `iwlua-worker`; `nil` means the one beside this program's executable.
    /// - Throws: ``LuaKilled`` with the reason `worker` if there is none, or it does not work.
    public static func jail(worker: String? = nil) async throws -> JailReport {
        var host = LuaHost()
        host.execution = .process(worker: worker)
        host.limits.wall = .seconds(10)
        let shell = RunShell(host: host, seed: 0, events: nil, session: false)
        let run = WorkerRun(shell, worker: worker, requiresJail: false, onlyReports: true)
        run.begin()
        defer { run.rest() }
        _ = try await shell.run(run, LuaHost.Script(source: "", name: "", arguments: []))
        guard let report = run.jail else {
            throw LuaKilled(reason: .worker, detail: "the Lua worker does not say what it is locked up by")
        }
        return report
    }

    /// The worker beside the program that is running.
    static let workerBesideExecutable: String = {
        let executable = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { path in
            let length = path.baseAddress.map { readlink("/proc/self/exe", $0, path.count) } ?? 0
            return String(decoding: UnsafeRawBufferPointer(path).prefix(max(0, length)), as: UTF8.self)
        }
        let folder = executable.lastIndex(of: "/").map { executable[..<$0] } ?? "."
        return folder + "/iwlua-worker"
    }()
}
