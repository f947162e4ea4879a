import Clocks

extension Editor {
    /// What is to be seen now.
    ///
    /// - Parameter isDone: without what only helps while editing.
    package func view(prompt: StyledText, continuationPrompt: StyledText, size: ScreenSize, isDone: Bool = false)
        -> View
    {
        var view = View(prompt: prompt, continuationPrompt: continuationPrompt, buffer: buffer)
        if let highlight = options.highlight, buffer.length <= EditorOptions.highlightLimit {
            view.spans = highlight(buffer.text)
        }
        guard !isDone else { return view }
        if let search {
            let words = options.words
            let title = search.back ? words.searchingBack : words.searchingForward
            view.prompt =
                StyledText(search.isFailing ? "\(words.notFound), \(title) " : "\(title) ", .dim)
                + StyledText("`\(search.query)`: ")
            if let match = search.match, !search.isFailing { view.spans.append(Span(match.range, .reversed)) }
        }
        if let menu, menu.isListed { view.below = menu.rows(size: size, more: options.words.more) }
        return view
    }
}

extension CompletionMenu {
    private static let widest = 40
    private static let gap = 2

    /// The rows that list the candidates: in columns, or one a row if something is said about them.
    func rows(size: ScreenSize, more: String) -> [StyledText] {
        let room = max(1, min(12, size.rows / 2))
        let width = min(Self.widest, size.columns - 1, candidates.map(\.display.displayWidth).max() ?? 0)
        let isAnnotated = candidates.contains { $0.annotation != nil }
        let across = isAnnotated ? 1 : max(1, (size.columns + Self.gap - 1) / (width + Self.gap))
        let count = (candidates.count + across - 1) / across
        // Read downwards, as `ls` lists; with more than there is room for, row by row around the selected one.
        let down = count <= room
        let shown = down ? count : max(1, room - 1)
        let selectedRow = selected.map { down ? $0 % max(1, count) : $0 / across } ?? 0
        let first = down ? 0 : min(max(0, selectedRow - shown / 2), count - shown)
        var rows = (first..<(first + shown)).map { row in
            (0..<across).reduce(into: StyledText("")) { text, column in
                let index = down ? column * count + row : row * across + column
                guard candidates.indices.contains(index) else { return }
                if column > 0 { text = text + StyledText(String(repeating: " ", count: Self.gap)) }
                text = text + entry(index, width: width)
            }
        }
        if !down {
            let hidden = candidates.count - min(candidates.count, (first + shown) * across) + first * across
            rows.append(StyledText("… \(hidden) \(more)", .dim))
        }
        return rows
    }

    private func entry(_ index: Int, width: Int) -> StyledText {
        let candidate = candidates[index]
        let name = StyledText(
            candidate.display.escapedForTerminal().fitted(to: width), index == selected ? .reversed : .plain)
        guard let annotation = candidate.annotation else { return name }
        return name + StyledText("  " + annotation, .dim)
    }
}
