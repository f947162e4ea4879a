// Whoever embeds the engine needs the types of its public surface; one import brings them.
@_exported public import RunStore
@_exported public import ScriptHost
