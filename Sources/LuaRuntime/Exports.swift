/// Embedders import LuaRuntime only.
@_exported public import LuaMachine
/// What they see of it is ``JailReport``.
@_exported public import WorkerProtocol
