import Clocks
import Dispatch
import Glibc

/// How a line ended.
package enum LineOutcome: Hashable, Sendable {
    /// A complete text, of one or several lines, without the last line break; in normal form C.
    case line(String)
    /// Ctrl-C: the line is dropped, ask for the next one. Also if the task is cancelled.
    case interrupted
    /// Ctrl-D in an empty line, or the input has ended.
    case endOfFile
}

/// Reads lines from a person at a terminal, with editing, history, search and completion; from a pipe or a dumb terminal,
/// plain lines.
///
/// Bytes are UTF-8 whatever the locale says. The terminal is in raw mode only while a line is read: between two lines
/// Ctrl-C is SIGINT again. Waits on a thread of its own, so that no thread of the concurrency pool is held; the closures
/// are called on that thread. Keys typed ahead wait for the next line.
///
/// ```swift
/// var options = EditorOptions()
/// options.highlight = { text in LuaHighlighter.spans(text) }
/// options.completer = ReplCompletion(…)
/// let file = HistoryFile(path: stateFolder + "/repl-history")
/// let reader = LineReader(
///     options: options, history: History(limit: 2000) { !looksLikeKey($0) }, historyFile: file)
/// while true {
///     switch await reader.readLine(prompt: "sim ro> ", continuationPrompt: "    ..> ", isComplete: isComplete) {
///     case .line(let text): await evaluate(text)
///     case .interrupted: continue
///     case .endOfFile: return
///     }
/// }
/// ```
package actor LineReader {
    /// Puts the terminal in order if a line is being read: for a program that ends without `exit`.
    package static func restoreTerminal() { RawMode.leave() }

    nonisolated package let unownedExecutor: UnownedSerialExecutor
    private let executor: ThreadExecutor
    private let input: Int32
    private let output: Int32
    private let options: EditorOptions
    private let isTerminal: Bool
    private let isEditing: Bool
    private let wakeUp: WakeUp
    private let historyFile: HistoryFile?
    private var history: History
    private var decoder = KeyDecoder()
    /// Keys that came before anybody asked for them.
    private var waiting: ArraySlice<KeyEvent> = []
    private var plain = PlainLines()

    /// Why the history could not be read or written, if so; lines are kept in memory all the same.
    package private(set) var historyProblem: String?

    /// - Parameters:
    ///   - history: limit and filter; filled from the file.
    ///   - historyFile: nil for a history that ends with the process.
    ///   - terminalType: the variable `TERM`; nil and `dumb` are terminals without editing.
    package init(
        input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, options: EditorOptions = EditorOptions(),
        history: History = History(), historyFile: HistoryFile? = nil,
        terminalType: String? = getenv("TERM").map { String(cString: $0) }
    ) {
        executor = ThreadExecutor()
        unownedExecutor = executor.asUnownedSerialExecutor()
        self.input = input
        self.output = output
        self.options = options
        self.historyFile = historyFile
        self.history = history
        isTerminal = isatty(input) == 1
        isEditing = isTerminal && isatty(output) == 1 && !["", "dumb"].contains(terminalType ?? "")
        wakeUp = WakeUp()
        if isTerminal, let historyFile {
            do throws(HistoryFile.Problem) {
                for line in try historyFile.load(limit: history.limit) { self.history.add(line) }
            } catch { historyProblem = error.description }
        }
    }

    /// Asks for one text.
    ///
    /// Enter submits if `isComplete` says so and inserts a line break otherwise, with the indent of the line; Alt-Enter
    /// always inserts one. It is asked at Enter only, and not at each line of a long paste. From a pipe no prompt is
    /// written, and an incomplete text at the end is given back as it is.
    ///
    /// - Parameters:
    ///   - prompt: before the first line.
    ///   - continuationPrompt: before the others.
    ///   - isComplete: whether a text can be submitted; texts that are wrong are complete.
    package func readLine(
        prompt: StyledText, continuationPrompt: StyledText = "", isComplete: @Sendable (String) -> Bool = { _ in true }
    ) async -> LineOutcome {
        let wakeUp = wakeUp
        return await withTaskCancellationHandler {
            guard isEditing, RawMode.enter(input: input, output: output) else {
                return readPlainLine(prompt: prompt, continuationPrompt: continuationPrompt, isComplete: isComplete)
            }
            let signals = TerminalSignals.take(pipe: wakeUp.writeEnd)
            defer {
                RawMode.leave()
                TerminalSignals.giveBack(signals)
            }
            return edit(prompt: prompt, continuationPrompt: continuationPrompt, isComplete: isComplete)
        } onCancel: {
            wakeUp.call()
        }
    }

    /// Throws away what was typed or pasted ahead, such as the rest of a paste whose first line was interrupted.
    package func discardInput() {
        waiting = []
        decoder = KeyDecoder()
        if isTerminal { tcflush(input, TCIFLUSH) }
    }

    /// The lines entered so far.
    package var entries: [String] { history.entries }
}

// MARK: - Editing

extension LineReader {
    private func edit(
        prompt: StyledText, continuationPrompt: StyledText, isComplete: (String) -> Bool
    ) -> LineOutcome {
        var editor = Editor(history: history, options: options)
        var screen = Screen(size: Descriptor.screenSize(output), usesColor: options.usesColor)
        func view(isDone: Bool = false) -> View {
            editor.view(prompt: prompt, continuationPrompt: continuationPrompt, size: screen.size, isDone: isDone)
        }
        func done(_ mark: String = "") { Descriptor.write(screen.finish(view(isDone: true), mark: mark), to: output) }
        // What was typed while nobody asked has been echoed here.
        Descriptor.write(screen.clear(), to: output)
        while true {
            while let event = waiting.popFirst() {
                let inputWaits = !waiting.isEmpty || Descriptor.isReady(input)
                switch editor.handle(event, inputWaits: inputWaits, isComplete: isComplete) {
                case .none: break
                case .submit(let text):
                    done()
                    remember(text)
                    return .line(text)
                case .interrupt:
                    done("^C")
                    return .interrupted
                case .endOfFile:
                    done()
                    return .endOfFile
                case .clearScreen:
                    screen.forget()
                    Descriptor.write("\u{1B}[H\u{1B}[2J", to: output)
                case .suspend:
                    done()
                    suspend(group: true)
                }
            }
            // While more is on its way, what would be seen is out of date at once.
            if !Descriptor.isReady(input) { Descriptor.write(screen.paint(view()), to: output) }
            switch waitForInput() {
            case .keys: break
            case .ended:
                done()
                return .endOfFile
            case .cancelled:
                done()
                return .interrupted
            case .signals(let numbers):
                if numbers.contains(SIGTSTP) {
                    done()
                    suspend(group: false)
                }
                if numbers.contains(SIGCONT) {
                    // Whoever had the terminal meanwhile may have left it in another mode, and its text in this row.
                    RawMode.leave()
                    _ = RawMode.enter(input: input, output: output)
                    Descriptor.write(screen.clear(), to: output)
                }
                Descriptor.write(screen.resize(to: Descriptor.screenSize(output)), to: output)
            }
        }
    }

    private enum Arrival {
        case keys, ended, cancelled
        case signals(Set<Int32>)
    }

    /// Waits for keys or a signal; silence ends a sequence that was not one.
    private func waitForInput() -> Arrival {
        let patience: Int32 =
            switch decoder.wait {
            case .nothing, .character: -1
            case .sequence: 50
            case .paste: 3000
            }
        var sources = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeUp.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&sources, 2, patience)
        if count == 0 {
            waiting += decoder.expire()
        } else if count > 0, sources[1].revents != 0 {
            let numbers = wakeUp.read()
            return numbers.contains(0) && Task.isCancelled ? .cancelled : .signals(numbers)
        } else if count > 0, sources[0].revents != 0, let bytes = Descriptor.read(input) {
            if bytes.isEmpty { return .ended }
            waiting += decoder.feed(bytes)
        }
        return Task.isCancelled ? .cancelled : .keys
    }

    /// Stops the process, or all of its group, until the shell wants it back.
    private func suspend(group: Bool) {
        RawMode.leave()
        let old = signal(SIGTSTP, SIG_DFL)
        // Threads of libdispatch block every signal. Let in here, it stops the process before the call that sends it returns.
        var stop = sigset_t()
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        var before = sigset_t()
        pthread_sigmask(SIG_UNBLOCK, &stop, &before)
        if group { kill(0, SIGTSTP) } else { raise(SIGTSTP) }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        signal(SIGTSTP, old)
        _ = RawMode.enter(input: input, output: output)
    }

    private func remember(_ text: String) {
        guard history.add(text), let historyFile, let entry = history.entries.last else { return }
        do throws(HistoryFile.Problem) { try historyFile.append(entry) } catch { historyProblem = error.description }
    }
}

// MARK: - Plain lines

extension LineReader {
    private func readPlainLine(
        prompt: StyledText, continuationPrompt: StyledText, isComplete: (String) -> Bool
    ) -> LineOutcome {
        var text: String?
        func ask(_ prompt: StyledText) {
            if isTerminal { Descriptor.write(prompt.plain.escapedForTerminal(), to: output) }
        }
        ask(prompt)
        while true {
            guard let line = plain.next() else {
                var sources = [
                    pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: wakeUp.readEnd, events: Int16(POLLIN), revents: 0),
                ]
                poll(&sources, 2, -1)
                if sources[1].revents != 0 { _ = wakeUp.read() }
                if Task.isCancelled { return .interrupted }
                if sources[0].revents != 0, let bytes = Descriptor.read(input) { plain.feed(bytes) }
                if plain.isAtEnd, !plain.hasLine { return text.map { .line($0) } ?? .endOfFile }
                continue
            }
            let all = text.map { $0 + "\n" + line } ?? line
            // At each line, also while others wait: each text of a pipe is one of its own.
            if isComplete(all) {
                if isTerminal { remember(all) }
                return .line(all)
            }
            text = all
            ask(continuationPrompt)
        }
    }
}
