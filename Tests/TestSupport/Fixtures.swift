package import Foundation

/// Files that several tests read: the contract's examples, and a self-signed certificate for 127.0.0.1.
package enum Fixtures {
    /// - Parameter path: `examples/list_zones.json`
    package static func url(_ path: String) throws -> URL {
        guard let folder = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        return folder.appending(path: path)
    }

    package static func path(_ path: String) throws -> String {
        try url(path).path(percentEncoded: false)
    }

    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(path)))
    }
}
