// A test needs the types of the simulator's public surface; one import brings them.
@_exported public import Clocks
@_exported public import IwinvClient
@_exported public import IwinvModel
@_exported public import IwinvSimulator
