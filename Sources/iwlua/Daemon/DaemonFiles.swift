import Foundation
import IwinvCatalog
import IwinvWire

/// Files that others need to run a daemon.
struct DaemonFiles {
    /// Of the daemon, after its name.
    var arguments: [String]
    var environment: [String: String]

    private var command: [String] { ["daemon"] + arguments }

    /// A systemd unit that serves what this user has scheduled.
    var unit: String {
        let state = StateFolder.path(environment)
        let config = ConfigFile.folder(environment: environment).deletingLastPathComponent().path
        return """
            # /etc/systemd/system/iwlua.service
            # Then: systemctl daemon-reload && systemctl enable --now iwlua

            """
                + unit(
                    user: NSUserName(), program: Self.program,
                    environment: ["IWLUA_STATE=\(state)", "XDG_CONFIG_HOME=\(config)"],
                    confinement: [
                        "ProtectSystem=strict", "ProtectHome=read-only", "ReadWritePaths=\(Self.word(state))",
                    ])
    }

    /// A systemd unit for an installed program: each user that it is named for has schedules in a home of their own, which
    /// no unit can name beforehand and none may therefore close.
    var unitForUsers: String {
        """
        # iwlua@.service: systemctl enable --now iwlua@USER

        """ + unit(user: "%i", program: "/usr/bin/iwlua", environment: [], confinement: ["ProtectSystem=full"])
    }

    private func unit(user: String, program: String, environment: [String], confinement: [String]) -> String {
        let service =
            ["User=\(user)"] + environment.map { "Environment=\(Self.word($0))" }
            + ["ExecStart=" + ([program] + command).map { Self.word($0) }.joined(separator: " ")]
        return """
            [Unit]
            Description=Scheduled runs of iwlua
            Wants=network-online.target
            After=network-online.target time-sync.target

            [Service]
            \(service.joined(separator: "\n"))
            # SIGTERM goes to the daemon alone: its scripts end when it says so.
            KillMode=mixed
            # Longer than a request may take: what has left is waited for.
            TimeoutStopSec=120
            Restart=on-failure
            RestartSec=5
            UMask=0077
            NoNewPrivileges=yes
            PrivateTmp=yes
            \(confinement.joined(separator: "\n"))
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectKernelLogs=yes
            ProtectControlGroups=yes
            ProtectClock=yes
            ProtectHostname=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native

            [Install]
            WantedBy=multi-user.target

            """
    }

    /// An image around the Debian package that `scripts/package` makes.
    var containerfile: String {
        """
        # scripts/package puts iwlua_*.deb beside this file; then: podman build -t iwlua .
        # podman run -v iwlua-state:/var/lib/iwlua -v ./config:/etc/iwlua:ro iwlua
        FROM debian:bookworm-slim
        COPY iwlua_*.deb /tmp/
        RUN apt-get update \\
            && apt-get install -y --no-install-recommends ca-certificates tzdata /tmp/iwlua_*.deb \\
            && rm -rf /tmp/iwlua_*.deb /var/lib/apt/lists/* \\
            && useradd --system --home-dir /var/lib/iwlua --create-home iwlua
        USER iwlua
        ENV IWLUA_STATE=/var/lib/iwlua XDG_CONFIG_HOME=/etc
        VOLUME /var/lib/iwlua
        STOPSIGNAL SIGTERM
        ENTRYPOINT ["iwlua"]
        CMD [\(command.map { String(decoding: JSONCodec.encode(.string($0)), as: UTF8.self) }.joined(separator: ", "))]

        """
    }

    /// As systemd reads it: `%` would name something, and a space would end it.
    private static func word(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
        return escaped.contains { $0.isWhitespace || "\"'\\;".contains($0) } ? "\"\(escaped)\"" : escaped
    }

    private static var program: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/iwlua"
        return path
    }
}
