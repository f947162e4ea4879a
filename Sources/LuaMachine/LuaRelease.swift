import CLuaFence

/// A release of Lua, such as 5.4.4.
public struct LuaRelease: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var major: Int
    public var minor: Int
    public var patch: Int

    /// Of the Lua that this program is linked with, as the library itself says.
    public static let inside = LuaRelease(ident: String(cString: clf_lua_ident()))

    /// Of the system's shared library; nil if there is none. A program that has Lua inside does not use it.
    public static var system: LuaRelease? {
        clf_system_lua_ident().flatMap { LuaRelease(ident: String(cString: $0)) }
    }

    /// Reads the library's own text: "$LuaVersion: Lua 5.4.4  Copyright …".
    init?(ident: String) {
        guard let word = ident.split(separator: " ").dropFirst(2).first else { return nil }
        let numbers = word.split(separator: ".").compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        (major, minor, patch) = (numbers[0], numbers[1], numbers[2])
    }

    public var description: String { "\(major).\(minor).\(patch)" }

    public static func < (a: LuaRelease, b: LuaRelease) -> Bool {
        (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
    }
}
