/// What is fuzzed. `seeds` writes messages into `from-worker` and `to-worker` below a folder, the last argument: what
/// their corpora began with.
enum Target: String, CaseIterable {
    case fromWorker = "from-worker"
    case toWorker = "to-worker"
    case header
    case source
    case seeds
}
