extension Ending {
    /// Streams that are closed, full or without a reader. Results that are lost are exit code 1; what is lost of standard
    /// error changes no exit code.
    static let descriptors = [
        Ending("--version", "no standard input", output: .lines(1, from: "iwlua ")) { $0.input = .closed },
        Ending("--version", "no standard output", ends: .exit(7), errors: lost) { $0.outputSink = .closed },
        Ending("--help", "no room for standard output", ends: .exit(7), errors: lost) { $0.outputSink = .full },
        Ending("--help", "nobody reads") { $0.outputSink = .unread },
        Ending("frobnicate", "no standard error", ends: .exit(2)) { $0.errorSink = .closed },
        Ending("runs", "no room for standard error") { $0.errorSink = .full },
        Ending("api", "no streams at all", ends: .exit(7)) {
            ($0.input, $0.outputSink, $0.errorSink) = (.closed, .closed, .closed)
        },
        Ending("run hello.lua --simulate", "no standard input", output: .exactly("hello\n")) { $0.input = .closed },
        Ending("run hello.lua --simulate", "no standard output", ends: .exit(7), errors: lost) {
            $0.outputSink = .closed
        },
        Ending("run hello.lua --simulate", "no standard error", output: .exactly("hello\n")) { $0.errorSink = .closed },
        Ending("run hello.lua --simulate", "no streams at all", ends: .exit(7)) {
            ($0.input, $0.outputSink, $0.errorSink) = (.closed, .closed, .closed)
        },
        Ending("run lines.lua --simulate", "no room for standard output", ends: .exit(7), errors: lost) {
            $0.outputSink = .full
        },
        Ending("run lines.lua --simulate", "nobody reads") { $0.outputSink = .unread },
        // Eight bytes: an event descriptor takes them for a number.
        Ending("run eight.lua --simulate", "no standard output", ends: .exit(7), errors: lost) {
            $0.outputSink = .closed
        },
        Ending("run eight.lua --simulate", "neither standard input nor output", ends: .exit(7), errors: lost) {
            ($0.input, $0.outputSink) = (.closed, .closed)
        },
        Ending("repl --simulate", "no standard input") { $0.input = .closed },
    ]

    private static let lost = Said.lines(1, from: "iwlua: results could not be written: ")
}
