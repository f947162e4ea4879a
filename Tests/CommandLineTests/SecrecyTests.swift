import Foundation
import IwinvCatalog
import IwinvWire
import Testing

/// Nothing that a run writes, at its most talkative, holds a key, a signature, a password or a console link.
@Suite struct SecrecyTests {
    private let script = """
        -- ==Script==
        -- @needs instances:read instances:edit bill:read secret
        -- ==/Script==
        local iwinv = require "iwinv"
        for vm in iwinv.instances.each { fields = { "name", "default_account", "vnc", "ip" } } do
            log.info("server", { name = vm.name, account = vm.default_account, screen = vm.vnc, all = vm })
            print(vm.default_account.password, vm.vnc.link, json.encode(vm))
        end
        local console = iwinv.instances.console(iwinv.instances.list { name = "web-01" }[1])
        log.warn("console", { link = console.link })
        for bill in iwinv.bill.each() do log.debug("bill", { tax = bill.tax, info = bill.payment_info, all = bill }) end
        pcall(function() iwinv.instances.edit("INSTANCE-a", { description = console.link }) end)
        local vm = iwinv.instances.list { name = "web-02" }[1]
        vm:edit { description = "checked" }
        ui.table({ vm }, { "name", "status" })
        error({ kind = "mine", secret = console })
        """

    @Test func `a full run at trace level writes no secret anywhere`() async throws {
        let iwlua = try Iwlua()
        defer { iwlua.remove() }
        let state = iwlua.folder.appendingPathComponent("cloud.json").path
        let simulator = try await SimulatorProcess(
            iwlua, "--state", state, "--fault", "instances.edit: once lost-reply")
        let path = try iwlua.file("talkative.lua", script)
        var written = ""
        for format in ["text", "json"] {
            let result = try await iwlua.run(
                "run", path, "--log-level", "trace", "--allow", "instances:edit", "--allow", "secret", "--yes",
                "--output",
                format, environment: simulator.environment)
            #expect(result.status == 1, "\(result.errors)")
            #expect(result.errors.contains("trace instances.list"))
            written += result.output + result.errors
        }
        let stopped = try await simulator.stop()
        // The simulator itself prints its made-up key pair once, to be exported; what it logs later must not.
        written += stopped.errors.replacing("export IWINV_SECRET_KEY=simulated-secret-key", with: "")

        var secrets = ["simulated-secret-key"]
        let cloud = try JSONCodec.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: state))))["cloud"]
        for server in try #require(cloud?["servers"]?.arrayValue) {
            secrets.append(try #require(server["password"]?.stringValue))
        }
        for bill in try #require(cloud?["bills"]?.arrayValue) {
            secrets += bill["taxInvoices"]?.arrayValue?.compactMap(\.stringValue) ?? []
            if let info = bill["paymentInfo"]?.stringValue, !info.isEmpty { secrets.append(info) }
        }
        #expect(secrets.count > 30)
        for file in try files(in: iwlua.folder) where !file.hasSuffix("cloud.json") && !file.hasSuffix(".out") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            written += String(decoding: bytes, as: UTF8.self)
        }
        written = written.replacing("export IWINV_SECRET_KEY=simulated-secret-key", with: "")
        for secret in secrets { #expect(!written.contains(secret), "a secret was written") }
        #expect(!written.contains("token="))
        #expect(!written.lowercased().contains("x-iwinv-signature"))
        // A signature is 64 hexadecimal digits; the budget's account hash is one too, and its own kind of secret.
        #expect(written.firstMatch(of: #/\b[0-9a-f]{64}\b/#) == nil || hasOnlyAccountHashes(written))
    }

    /// The one hash that may be stored: that of the account's access key and endpoint.
    private func hasOnlyAccountHashes(_ text: String) -> Bool {
        Set(text.matches(of: #/[0-9a-f]{64}/#).map(\.output)).count <= 1
    }

    private func files(in folder: URL) throws -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return all.map { folder.appendingPathComponent($0).path }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
