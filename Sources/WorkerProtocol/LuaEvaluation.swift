package import LuaMachine

/// What is run in a machine: a text, the name of its chunk, and what `...` holds.
package struct LuaEvaluation: Sendable {
    package var source = ""
    package var chunk = ""
    package var arguments: [LuaValue] = []

    package init() {}

    package init(source: String, chunk: String, arguments: [LuaValue]) {
        self.source = source
        self.chunk = chunk
        self.arguments = arguments
    }
}

extension LuaEvaluation {
    func write(to writer: inout WireWriter) {
        writer.put(source)
        writer.put(chunk)
        writer.put(arguments, depth: Wire.depthToWorker)
    }

    init(from reader: inout WireReader) throws(WireError) {
        source = try reader.text()
        chunk = try reader.text()
        arguments = try reader.list()
    }
}
