import Foundation
import Glibc
import IwinvCatalog
import IwinvWire
import Synchronization

/// A real browser without a window, driven through a pipe by the DevTools protocol.
final class Browser: Sendable {
    /// Chromium, where there is one.
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var number: Int64 = 0
        var waiting: [Int64: CheckedContinuation<JSONValue, any Error>] = [:]
        /// Dialogs, errors of scripts and what the policy of a page has refused.
        var complaints: [String] = []
    }

    private let process: Iwlua.Running
    private let (requests, replies): (Int32, Int32)
    private let state = Mutex(State())

    init(_ iwlua: Iwlua) throws {
        let folder = iwlua.folder
        let pipes = ["requests", "replies"].map { folder.appendingPathComponent($0).path }
        for pipe in pipes { guard mkfifo(pipe, 0o600) == 0 else { throw Problem(description: "no pipe") } }
        // For reading and writing, so that opening waits for nobody.
        (requests, replies) = (Glibc.open(pipes[0], O_RDWR | O_CLOEXEC), Glibc.open(pipes[1], O_RDWR | O_CLOEXEC))
        guard requests >= 0, replies >= 0, let path = Self.path else { throw Problem(description: "no browser") }
        let flags =
            "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-extensions --disable-dev-shm-usage "
            + "--user-data-dir=\(folder.path)/profile --remote-debugging-pipe"
        process = try iwlua.start(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "exec \(path) \(flags) 3<\(pipes[0]) 4>\(pipes[1])"])
        Thread.detachNewThread { [self] in listen() }
    }

    /// Ends the browser.
    func end() async throws {
        _ = try? await send("Browser.close", [:])
        _ = try await process.end()
        // The listener waits for another message.
        _ = write(replies, "{\"end\":true}\0", 13)
    }

    var complaints: [String] { state.withLock { $0.complaints } }

    /// Opens a page, and waits until it is there.
    func open(_ address: String) async throws -> Page {
        let target = try await send("Target.createTarget", ["url": "about:blank"])
        let session = try await send(
            "Target.attachToTarget", ["targetId": target["targetId"] ?? .null, "flatten": true])
        let page = Page(browser: self, session: session["sessionId"]?.stringValue ?? "")
        for domain in ["Page", "Runtime", "Log"] { _ = try await page.send("\(domain).enable") }
        try await page.go(to: address)
        return page
    }

    fileprivate func send(
        _ method: String, _ parameters: JSONValue, session: String? = nil
    ) async throws -> JSONValue {
        try await withCheckedThrowingContinuation { continuation in
            let bytes = state.withLock { state -> [UInt8] in
                state.number += 1
                state.waiting[state.number] = continuation
                var message: [String: JSONValue] = [
                    "id": .integer(state.number), "method": .string(method), "params": parameters,
                ]
                message["sessionId"] = session.map(JSONValue.string)
                return JSONCodec.encode(.object(message)) + [0]
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(requests, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private func listen() {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(replies, &buffer, buffer.count)
            guard count > 0 else { return }
            text += buffer[..<count]
            while let end = text.firstIndex(of: 0) {
                let message = try? JSONCodec.decode(Array(text[..<end]))
                text.removeSubrange(...end)
                if message?["end"] != nil { return }
                if let message { take(message) }
            }
        }
    }

    private func take(_ message: JSONValue) {
        let parameters = message["params"] ?? [:]
        switch message["method"]?.stringValue {
        case "Page.javascriptDialogOpening", "Runtime.exceptionThrown":
            state.withLock { $0.complaints.append("\(parameters)") }
        case "Log.entryAdded" where parameters["entry"]?["source"] == "security":
            state.withLock { $0.complaints.append("\(parameters)") }
        default: break
        }
        guard let id = message["id"]?.integerValue, let waiting = state.withLock({ $0.waiting.removeValue(forKey: id) })
        else { return }
        if let error = message["error"] {
            waiting.resume(throwing: Problem(description: "\(error)"))
        } else {
            waiting.resume(returning: message["result"] ?? [:])
        }
    }

    /// A tab.
    struct Page {
        let browser: Browser
        let session: String

        @discardableResult
        func send(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
            try await browser.send(method, parameters, session: session)
        }

        func go(to address: String) async throws {
            try await send("Page.navigate", ["url": .string(address)])
            try await wait(for: "document.readyState === 'complete' && location.href.startsWith('http')")
        }

        /// The value of an expression in the page.
        func value(_ expression: String) async throws -> JSONValue {
            let reply = try await send(
                "Runtime.evaluate",
                ["expression": .string(expression), "returnByValue": true, "awaitPromise": true])
            if let problem = reply["exceptionDetails"] { throw Problem(description: "\(problem)") }
            return reply["result"]?["value"] ?? .null
        }

        /// Until it is true; a page that is left meanwhile takes its answer along.
        func wait(for expression: String) async throws {
            while (try? await value(expression)) != true { try await Task.sleep(for: .milliseconds(20)) }
        }

        func prefers(dark: Bool) async throws {
            let feature: JSONValue = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
            try await send("Emulation.setEmulatedMedia", ["features": [feature]])
        }
    }
}
