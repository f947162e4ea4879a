import Foundation
import Glibc
import IwinvCatalog
import Testing

/// Settings, keys and tokens are read only if nobody else could have written them.
@Suite struct TrustedFileTests {
    /// A file or folder as somebody has left it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var file: mode_t = 0o600
        var folder: mode_t = 0o700
        /// To whom they belong; nil: to the user.
        var owner: uid_t?
        var folderOwner: uid_t?
        /// What of the refusal is looked for; nil: it is read.
        var settings: String?
        var secret: String?

        var testDescription: String { name }
    }

    private static let nobody: uid_t = 65_534
    private static let writable = "others may write", foreign = "belongs to user 65534"

    static let cases =
        [
            Case(name: "the user's alone"),
            Case(name: "of the user, for reading", file: 0o644, secret: "others may read"),
            Case(name: "of the user, for the group to read", file: 0o640, secret: "others may read"),
            Case(name: "read only", file: 0o400, folder: 0o500),
            Case(name: "for the group to write", file: 0o620, settings: writable, secret: "others may read"),
            Case(name: "for all to write", file: 0o666, settings: writable, secret: "others may read"),
            Case(
                name: "for others to write and not to read", file: 0o602, settings: writable, secret: "others may read"),
            Case(name: "in a folder of the group", folder: 0o770, settings: writable, secret: writable),
            Case(name: "in a folder of all", folder: 0o777, settings: writable, secret: writable),
            Case(name: "in a sticky folder of all", folder: 0o1777),
            Case(name: "in a folder that all may enter", folder: 0o755),
        ]
        + (geteuid() == 0
            ? [
                Case(name: "of another user", owner: nobody, settings: foreign, secret: foreign),
                Case(
                    name: "of another user, for all to write", file: 0o666, owner: nobody, settings: foreign,
                    secret: foreign),
                Case(name: "in another user's folder", folderOwner: nobody, settings: foreign, secret: foreign),
                Case(
                    name: "in another user's sticky folder", folder: 0o1777, folderOwner: nobody, settings: foreign,
                    secret: foreign),
            ] : [])

    /// A profile whose secret is in a file, both in a folder of their own.
    private func world() throws -> (iwlua: Iwlua, settings: String, secret: String) {
        let iwlua = try Iwlua()
        let secret = try iwlua.file("secrets/key", "the-secret-key-of-a-test\n", mode: 0o600)
        let settings = try iwlua.file(
            "config/iwlua/config.yaml",
            "current: p\nprofiles: {p: {access_key: access-key-of-a-test, secret: {file: \(secret)}, "
                + "endpoint: 'http://127.0.0.1:9'}}\n", mode: 0o600)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: (secret as NSString).deletingLastPathComponent)
        return (iwlua, settings, secret)
    }

    private func apply(_ entry: Case, to file: String) {
        let folder = (file as NSString).deletingLastPathComponent
        if let owner = entry.owner { #expect(chown(file, owner, owner) == 0) }
        #expect(chmod(file, entry.file) == 0)
        if let owner = entry.folderOwner { #expect(chown(folder, owner, owner) == 0) }
        #expect(chmod(folder, entry.folder) == 0)
    }

    private func expect(_ result: Iwlua.Result, refused reason: String?, _ path: String) {
        guard let reason else {
            // It got as far as the cloud, which is not there.
            #expect(result.status == 4, "\(result.errors)")
            return
        }
        #expect(result.status == 7, "\(result.errors)")
        #expect(result.errors.contains(reason) && result.errors.contains(path), "\(result.errors)")
        #expect(!result.errors.contains("the-secret-key-of-a-test"))
        let isMode = !reason.contains("belongs")
        #expect(result.errors.contains(isMode ? "run `chmod " : "run `chown "), "\(result.errors)")
    }

    @Test(arguments: cases)
    func `settings`(_ entry: Case) async throws {
        let (iwlua, settings, _) = try world()
        defer { iwlua.remove() }
        apply(entry, to: settings)
        let folder = (settings as NSString).deletingLastPathComponent
        expect(try await iwlua.run("profile", "test"), refused: entry.settings, folder)
        let doctor = try await iwlua.run("doctor", "--simulate", "--output", "json")
        let line = try #require(try doctor.json.arrayValue?.first { $0["check"] == "settings" })
        #expect(line["state"] == (entry.settings == nil ? "ok" : "fail"), "\(line)")
        #expect(doctor.status == (entry.settings == nil ? 0 : 7), "\(doctor.output)")
        if let reason = entry.settings {
            #expect(line["message"]?.stringValue?.contains(reason) == true, "\(line)")
            #expect(line["advice"]?.stringValue?.contains("run `ch") == true, "\(line)")
            let korean = try await iwlua.run("doctor", "--simulate", "--lang", "ko")
            #expect(korean.output.contains("실행하") && korean.output.contains(folder), "\(korean.output)")
        }
    }

    @Test(arguments: cases)
    func `a secret`(_ entry: Case) async throws {
        let (iwlua, _, secret) = try world()
        defer { iwlua.remove() }
        apply(entry, to: secret)
        let folder = (secret as NSString).deletingLastPathComponent
        expect(try await iwlua.run("profile", "test"), refused: entry.secret, folder)
    }

    @Test(arguments: cases)
    func `a token of the daemon's page`(_ entry: Case) async throws {
        let (iwlua, settings, _) = try world()
        defer { iwlua.remove() }
        try FileManager.default.removeItem(atPath: settings)
        let token = try iwlua.file("tokens/token", "a-token-of-a-test-with-letters\n", mode: 0o600)
        apply(entry, to: token)
        // It ends at the address, which is looked at before, or at the file.
        let result = try await iwlua.run(
            "daemon", "--web", "127.0.0.1:1", "--web-token-file", token, "--print-unit")
        #expect(result.status == 0, "printing a unit reads no token: \(result.errors)")
        guard let reason = entry.secret else { return }
        let refused = try await iwlua.run("daemon", "--web", "127.0.0.1:0", "--web-token-file", token)
        #expect(refused.status == 7 && refused.errors.contains(reason), "\(refused.errors)")
        #expect(!refused.errors.contains("a-token-of-a-test"))
    }

    @Test(arguments: [0o700, 0o755, 0o770, 0o777, 0o1777])
    func `the state folder`(_ mode: Int) async throws {
        let (iwlua, _, _) = try world()
        defer { iwlua.remove() }
        let state = iwlua.folder.appendingPathComponent("state").path
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        #expect(chmod(state, mode_t(mode)) == 0)
        let isRefused = mode & 0o022 != 0 && mode & 0o1000 == 0
        for words in [["runs"], ["schedule"], ["profile", "test"], ["doctor", "--simulate"]] {
            let result = try await iwlua.run(words, environment: ["IWLUA_STATE": state])
            let text = result.errors + result.output
            #expect(text.contains("others may write this folder") == isRefused, "\(words): \(text)")
            if isRefused { #expect(result.status == 7 && text.contains("chmod go-w \(state)"), "\(words)") }
        }
    }

    // MARK: - Links

    @Test func `a link of the user's is followed`() async throws {
        let (iwlua, settings, secret) = try world()
        defer { iwlua.remove() }
        for path in [settings, secret] {
            let kept = try iwlua.file("kept/\((path as NSString).lastPathComponent)", "", mode: 0o600)
            #expect(rename(path, kept) == 0 && symlink(kept, path) == 0)
        }
        expect(try await iwlua.run("profile", "test"), refused: nil, "")
        // Relative, and through a second one.
        let folder = (secret as NSString).deletingLastPathComponent
        #expect(
            unlink(secret) == 0 && symlink("second", secret) == 0 && symlink("../kept/key", folder + "/second") == 0)
        expect(try await iwlua.run("profile", "test"), refused: nil, "")
    }

    @Test func `a link to what others may write is not`() async throws {
        let (iwlua, settings, _) = try world()
        defer { iwlua.remove() }
        let kept = try iwlua.file("kept/config.yaml", try iwlua.text(of: "config/iwlua/config.yaml"), mode: 0o666)
        #expect(unlink(settings) == 0 && symlink(kept, settings) == 0)
        expect(try await iwlua.run("profile", "test"), refused: "others may write this file", kept)
        #expect(chmod(kept, 0o600) == 0 && chmod((kept as NSString).deletingLastPathComponent, 0o777) == 0)
        expect(try await iwlua.run("profile", "test"), refused: "others may write this folder", "kept")
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives links away"))
    func `a link of another user is not followed`() async throws {
        let (iwlua, settings, secret) = try world()
        defer { iwlua.remove() }
        for path in [secret, settings] {
            let kept = path + ".kept"
            #expect(rename(path, kept) == 0 && symlink(kept, path) == 0 && lchown(path, 65_534, 65_534) == 0)
            let result = try await iwlua.run("profile", "test")
            #expect(result.status == 7 && result.errors.contains("this link belongs to user 65534"), "\(result.errors)")
        }
    }

    @Test func `links that lead in a circle, or nowhere`() async throws {
        let (iwlua, _, secret) = try world()
        defer { iwlua.remove() }
        #expect(unlink(secret) == 0 && symlink("key", secret) == 0)
        let circle = try await iwlua.run("profile", "test")
        #expect(circle.status == 7 && circle.errors.contains("cannot be read"), "\(circle.errors)")
        #expect(unlink(secret) == 0 && symlink("none", secret) == 0)
        let nowhere = try await iwlua.run("profile", "test")
        #expect(nowhere.status == 7 && nowhere.errors.contains("No such file"), "\(nowhere.errors)")
    }

    // MARK: - What is no file

    @Test(arguments: ["a pipe", "a folder", "a socket", "a device"])
    func `what is no file does not hang`(_ kind: String) async throws {
        let (iwlua, settings, secret) = try world()
        defer { iwlua.remove() }
        for path in [secret, settings] {
            #expect(unlink(path) == 0)
            switch kind {
            case "a pipe": #expect(mkfifo(path, 0o600) == 0)
            case "a folder": #expect(mkdir(path, 0o700) == 0)
            case "a socket":
                let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(descriptor) }
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                // A path of a socket is short: it is made where it has room, and moved.
                let short = "/tmp/\(UUID().uuidString)"
                withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
                let isBound = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
                #expect(isBound == 0 && rename(short, path) == 0)
                chmod(path, 0o600)
            default: #expect(symlink("/dev/zero", path) == 0)
            }
            let process = try iwlua.start(
                URL(fileURLWithPath: "/usr/bin/timeout"), ["60", Iwlua.binary.path, "profile", "test"])
            let result = try await process.end()
            #expect(result.status == 7, "\(result.status) \(result.errors)")
            #expect(result.errors.contains(path), "\(result.errors)")
        }
    }

    // MARK: - Writing

    @Test func `what is written is the user's alone, and leaves nothing beside it`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let process = try iwlua.start(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "umask 0; exec \"$0\" profile add p --access-key access-key-of-a-test", Iwlua.binary.path],
            input: "the-secret-key-of-a-test\n")
        let result = try await process.end()
        #expect(result.status == 0, "\(result.errors)")
        for name in ["config.yaml", "secrets/p"] {
            let file = iwlua.folder.appendingPathComponent("config/iwlua/\(name)").path
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            let folder = (file as NSString).deletingLastPathComponent
            let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
            #expect(mode == 0o700, "\(folder)")
        }
        let left = try FileManager.default.subpathsOfDirectory(
            atPath: iwlua.folder.appendingPathComponent("config/iwlua").path)
        #expect(Set(left) == ["config.yaml", "secrets", "secrets/p"])
    }

    // MARK: - Memory

    @Test(.disabled(if: ProcessInfo.processInfo.environment["IWLUA_SANITIZED"] != nil, "a sanitizer looks in itself"))
    func `there is no core file, and nobody looks into its memory`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        // As a user whose processes would be its own; where the tests are root, as somebody else.
        let start = geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        let words = start + ["/bin/sh", "-c", "ulimit -c unlimited; exec \"$0\" simulate", Iwlua.binary.path]
        let isReachable = geteuid() != 0 || Self.isReachable(Iwlua.binary.path)
        let used = isReachable ? words : Array(words.dropFirst(start.count))
        let process = try iwlua.start(URL(fileURLWithPath: used[0]), Array(used.dropFirst()))
        let address = try await process.firstLine()
        #expect(address.hasPrefix("http://"))
        let limits = try String(contentsOfFile: "/proc/\(process.identifier)/limits", encoding: .utf8)
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(core.split(separator: " ").suffix(3).prefix(2) == ["0", "0"], "\(core)")
        if isReachable {
            var status = stat()
            #expect(stat("/proc/\(process.identifier)/environ", &status) == 0)
            #expect(status.st_uid == 0, "the kernel gives the files of a process that is not to be dumped to root")
        }
        process.signal(SIGTERM)
        _ = try await process.end()
    }

    /// Whether another user may run it.
    private static func isReachable(_ path: String) -> Bool {
        var place = path
        while place != "/" {
            var status = stat()
            guard stat(place, &status) == 0, status.st_mode & 0o001 != 0 else { return false }
            place = (place as NSString).deletingLastPathComponent
        }
        return true
    }

    /// A run as somebody who is not root: the jail does not need what the parent has closed.
    @Test func `the jail is complete without the parent's memory`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let words = [Iwlua.binary.path, "run", "--simulate", "-e", "print('in the jail')"]
        guard geteuid() == 0, Self.isReachable(Iwlua.binary.path) else {
            #expect(try await iwlua.run(Array(words.dropFirst())).output == "in the jail\n")
            return
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: iwlua.folder.path)
        let process = try iwlua.start(
            URL(fileURLWithPath: "/usr/bin/setpriv"),
            ["--reuid=65534", "--regid=65534", "--clear-groups"] + words,
            environment: ["HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"])
        let result = try await process.end()
        #expect(result.status == 0 && result.output == "in the jail\n", "\(result.errors)")
        #expect(!result.errors.contains("warning"), "\(result.errors)")
    }
}
