/// Embedders import LuaRuntime only.
@_exported public import LuaMachine
