import Foundation
import IwinvCatalog
public import ScriptHost

/// Which files are tests, or scripts.
public enum TestFinder {
    /// What a test's file is called.
    public static let suffix = "_test.lua"

    /// The tests at some places: a file is one whatever its name, a folder has those of a suffix at any depth, in the order
    /// of their paths. What begins with a dot is passed over.
    ///
    /// - Parameter suffix: `.lua` for all scripts.
    /// - Throws: ``ScriptProblem`` for a place that is not there.
    public static func files(at paths: [String], suffix: String = suffix) throws(ScriptProblem) -> [String] {
        var found: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ScriptProblem("\(path): there is no such file or folder")
            }
            for file in isFolder.boolValue ? self.files(in: path, suffix) : [path] where !found.contains(file) {
                found.append(file)
            }
        }
        return found
    }

    private static func files(in folder: String, _ suffix: String) -> [String] {
        let options: FileManager.DirectoryEnumerationOptions = [.skipsHiddenFiles]
        let root = URL(fileURLWithPath: folder, isDirectory: true)
        guard
            let files = FileManager.default.enumerator(
                at: root, includingPropertiesForKeys: [.isRegularFileKey], options: options)
        else { return [] }
        let base = root.standardizedFileURL.path
        var paths: [String] = []
        for case let file as URL in files where file.lastPathComponent.hasSuffix(suffix) {
            guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
            let path = file.standardizedFileURL.path
            let inside = path.hasPrefix(base) ? path.dropFirst(base.count).drop { $0 == "/" } : Substring(path)
            paths.append(
                folder == "." ? String(inside) : folder.hasSuffix("/") ? folder + inside : "\(folder)/\(inside)")
        }
        return paths.sorted()
    }
}
