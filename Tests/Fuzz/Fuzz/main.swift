import CFuzzer
import Glibc

// fuzz --TARGET [arguments of libFuzzer …]; `scripts/fuzz` builds and runs it. libFuzzer passes over what begins with two
// dashes and hands it to the processes that it starts itself.
let named = CommandLine.arguments.dropFirst().first { $0.hasPrefix("--") }
guard let target = named.flatMap({ Target(rawValue: String($0.dropFirst(2))) }) else {
    print("fuzz --TARGET …, where TARGET is one of " + Target.allCases.map(\.rawValue).joined(separator: ", "))
    exit(2)
}

let callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
switch target {
case .seeds: exit(writeSeeds(to: CommandLine.arguments.last ?? "."))
case .fromWorker: callback = { readFromWorker(UnsafeRawBufferPointer(start: $0, count: $1)) }
case .toWorker: callback = { readToWorker(UnsafeRawBufferPointer(start: $0, count: $1)) }
case .header: callback = { readHeader(UnsafeRawBufferPointer(start: $0, count: $1)) }
case .source: callback = { loadSource(UnsafeRawBufferPointer(start: $0, count: $1)) }
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, callback))
