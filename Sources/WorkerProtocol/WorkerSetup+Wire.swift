internal import LuaMachine

extension WorkerSetup {
    func write(to writer: inout WireWriter) {
        for number in limits.numbers { writer.put(Int64(number)) }
        writer.put(limits.cpu.map { UInt64(clamping: $0.inNanoseconds) } ?? .max)
        writer.put(seed)
        evaluation.write(to: &writer)
        writer.put(session)
        writer.put(prints)
        writer.put(onlyReports)
        writer.put(needsJail)
        writer.put(UInt32(functions.count))
        for function in functions {
            writer.put(function.name)
            writer.put(function.suspends)
        }
        writer.put(UInt32(entries.count))
        for entry in entries {
            switch entry {
            case .function(let name, let function):
                writer.put(UInt8(0))
                writer.put(name)
                writer.put(function)
            case .value(let name, let value):
                writer.put(UInt8(1))
                writer.put(name)
                writer.put(value, depth: Wire.depthToWorker)
            case .script(let name, let source, let chunk):
                writer.put(UInt8(2))
                writer.put(name)
                writer.put(source)
                writer.put(chunk)
            case .host(let name, let source, let data, let functions, let global):
                writer.put(UInt8(3))
                writer.put(name)
                writer.put(source)
                writer.put(data, depth: Wire.depthToWorker)
                writer.put(global)
                writer.put(UInt32(functions.count))
                for (name, function) in functions.sorted(by: { $0.key < $1.key }) {
                    writer.put(name)
                    writer.put(function)
                }
            }
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        var numbers: [Int] = []
        for _ in limits.numbers { numbers.append(Int(try reader.integer(Int64.self))) }
        limits.numbers = numbers
        let cpu = try reader.integer(UInt64.self)
        limits.cpu = cpu == .max ? nil : .nanoseconds(Int64(clamping: cpu))
        seed = try reader.integer()
        evaluation = try LuaEvaluation(from: &reader)
        session = try reader.flag()
        prints = try reader.flag()
        onlyReports = try reader.flag()
        needsJail = try reader.flag()
        for _ in 0..<(try reader.count(bytes: 5)) {
            functions.append(Function(name: try reader.text(), suspends: try reader.flag()))
        }
        for _ in 0..<(try reader.count(bytes: 5)) { entries.append(try Entry(from: &reader)) }
    }
}

extension WorkerSetup.Entry {
    fileprivate init(from reader: inout WireReader) throws(WireError) {
        let kind = try reader.byte()
        let name = try reader.text()
        switch kind {
        case 0: self = .function(name, function: try reader.integer())
        case 1: self = .value(name, try reader.value())
        case 2: self = .script(name: name, source: try reader.text(), chunk: try reader.text())
        case 3:
            let source = try reader.text()
            let data = try reader.value()
            let global = try reader.flag()
            var functions: [String: UInt32] = [:]
            for _ in 0..<(try reader.count(bytes: 8)) {
                let name = try reader.text()
                functions[name] = try reader.integer(UInt32.self)
            }
            self = .host(name: name, source: source, data: data, functions: functions, global: global)
        default: throw .unknown("entry", kind)
        }
    }
}

extension LuaLimits {
    /// What a machine keeps by itself, in a fixed order. Wall time is the parent's.
    fileprivate var numbers: [Int] {
        get { [memory, calls, output, sourceBytes, valueDepth, valueNodes, valueBytes, tasks, coroutines] }
        set {
            memory = newValue[0]
            calls = newValue[1]
            output = newValue[2]
            sourceBytes = newValue[3]
            valueDepth = newValue[4]
            valueNodes = newValue[5]
            valueBytes = newValue[6]
            tasks = newValue[7]
            coroutines = newValue[8]
        }
    }
}

extension Duration {
    /// Whole nanoseconds, 0 for a negative duration, the most for one that is too long.
    package var inNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        if seconds < 0 { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max - 1 : whole + UInt64(attoseconds / 1_000_000_000)
    }
}
