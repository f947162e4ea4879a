// Whoever embeds the host needs the types of its public surface; one import brings them.
@_exported public import Clocks
@_exported public import Gate
@_exported public import IwinvCatalog
@_exported public import LuaRuntime
