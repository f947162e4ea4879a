import Foundation
import TestSupport
import Testing

/// The library that requests are sent with: loaded when there is one to send, and missed only then.
@Suite struct TransportLibraryTests {
    /// A folder that the loader looks into first, with files that are no libraries.
    private func withoutLibrary(_ iwlua: Iwlua) throws -> [String: String] {
        for name in ["libcurl.so.4", "libcurl-gnutls.so.4"] { _ = try iwlua.file("lib/\(name)", "no library") }
        return ["LD_LIBRARY_PATH": iwlua.folder.appendingPathComponent("lib").path]
    }

    private func list(_ iwlua: Iwlua, endpoint: String, environment: [String: String] = [:]) async throws
        -> Iwlua.Result
    {
        let keys = ["IWINV_ACCESS_KEY": "access", "IWINV_SECRET_KEY": "s3cret"]
        return try await iwlua.run(
            "run", Iwlua.automation("inventory.lua"), "--endpoint", endpoint,
            environment: environment.merging(keys) { $1 })
    }

    @Test func `without it a request ends in a sentence that says what to install`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let result = try await list(iwlua, endpoint: "http://127.0.0.1:9", environment: withoutLibrary(iwlua))
        #expect(result.status == 4)
        #expect(result.errors.contains("this machine has no libcurl 7.80 or newer"))
        #expect(result.errors.contains("libcurl4"))
    }

    @Test func `what sends no request does without it`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        var environment = try withoutLibrary(iwlua)
        environment["LD_DEBUG"] = "libs"
        for arguments in [["doc", "instances"], ["run", "--simulate", "-e", "print(1)"], ["--version"]] {
            let result = try await iwlua.run(arguments, environment: environment)
            #expect(result.status == 0)
            #expect(result.errors.contains("find library=") && !result.errors.contains("libcurl"))
        }
    }

    @Test(arguments: ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
    func `a proxy is not asked for a cloud on this machine`(_ variable: String) async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let proxy = try await RawServer.start { _ in .close }
        let server = try await RawServer.start { _ in .http("403 Forbidden", "<html>the cloud itself</html>") }
        let result = try await list(
            iwlua, endpoint: "http://127.0.0.1:\(server.port)",
            environment: [variable: "http://127.0.0.1:\(proxy.port)"])
        #expect(result.status == 4)
        #expect(!server.requests.isEmpty && proxy.connections == 0)
        try await proxy.stop()
        try await server.stop()
    }
}
