import Foundation

/// Files that others need to run a daemon.
struct DaemonFiles {
    var listen: String?
    var environment: [String: String]

    private var command: String { "daemon" + (listen.map { " --listen \($0)" } ?? "") }

    /// A systemd unit that serves what this user has scheduled.
    var unit: String {
        let state = StateFolder.path(environment)
        let user = NSUserName()
        let config = ConfigFile.folder(environment: environment).deletingLastPathComponent().path
        return """
            # /etc/systemd/system/iwlua.service
            # Then: systemctl daemon-reload && systemctl enable --now iwlua
            [Unit]
            Description=Scheduled runs of iwlua
            Wants=network-online.target
            After=network-online.target time-sync.target

            [Service]
            User=\(user)
            Environment=IWLUA_STATE=\(state)
            Environment=XDG_CONFIG_HOME=\(config)
            ExecStart=\(Self.program) \(command)
            # SIGTERM goes to the daemon alone: its scripts end when it says so.
            KillMode=mixed
            # Longer than a request may take: what has left is waited for.
            TimeoutStopSec=120
            Restart=on-failure
            RestartSec=5
            NoNewPrivileges=yes
            PrivateTmp=yes
            ProtectSystem=strict
            ProtectHome=read-only
            ReadWritePaths=\(state)
            ProtectKernelTunables=yes
            ProtectControlGroups=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes

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
        CMD [\(command.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", "))]

        """
    }

    private static var program: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/iwlua"
        return path
    }
}
