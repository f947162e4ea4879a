import Foundation
import IwinvCatalog
import SettingsEditing

/// A secret key that iwlua itself keeps: `secrets/NAME` beside `config.yaml`.
struct StoredSecret {
    let file: URL
    private let environment: [String: String]

    init(of profile: String, _ settings: Settings) {
        file = settings.folder.appendingPathComponent("secrets/\(profile)")
        environment = settings.environment
    }

    /// Whether a profile's key is this one.
    func isUsed(by profile: ConfigFile.Profile) -> Bool {
        profile.secret.path(environment).map { URL(fileURLWithPath: $0).standardizedFileURL.path }
            == file.standardizedFileURL.path
    }

    func read() throws(UsageError) -> String { try PrivateFile.read(file.path) }

    func write(_ secret: String) throws(UsageError) {
        try PrivateFile.makeFolder(file.deletingLastPathComponent().path)
        try PrivateFile.write(secret + "\n", to: file)
    }

    /// Takes the key off the disk when no profile needs it any more.
    ///
    /// - Returns: Whether it was taken away.
    @discardableResult
    func removeUnlessUsed(by config: ConfigFile) -> Bool {
        !config.profiles.values.contains(where: isUsed) && unlink(file.path) == 0
    }
}

extension SecretSource {
    /// As it stands in `config.yaml`.
    var value: SettingsText.Value {
        let places = [("file", file), ("env", env), ("command", command), ("credential", credential)]
        return .mapping(places.compactMap { name, place in place.map { .init(name, .text($0)) } })
    }
}

extension ConfigFile.Profile {
    /// Enough of the access key to tell two apart.
    var maskedKey: String { accessKey.count > 8 ? accessKey.prefix(4) + "…" + accessKey.suffix(2) : "…" }
}
