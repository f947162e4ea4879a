import IwinvWire

extension SlotTable {
    /// What one ticket gets when all waiters take turns.
    struct Draw {
        /// Slots to use now, by number.
        var slots: [Int] = []
        /// If it wants more: nothing can be had before.
        var next: Duration?
        /// Whether there surely is something then: not if that depends on requests under way, or on what others do.
        var isCertain = true
    }

    /// How many requests a person could send at once now.
    public func remaining(at now: Duration) -> Int {
        draw(for: newcomer(wanting: terms.limit, at: now), at: now).slots.count
    }

    /// How long a person's new request would wait: zero if not at all, nil if that depends on requests still under way.
    public func nextFree(at now: Duration) -> Duration? {
        let draw = draw(for: newcomer(wanting: 1, at: now), at: now)
        if !draw.slots.isEmpty { return .zero }
        return draw.isCertain ? draw.next.map { $0 - now } : nil
    }

    /// Lets all who wait take slots in turn until it is known what `asker` gets now and when it may get more.
    ///
    /// One who sleeps does not come before it wakes, so it is given the last slot that becomes ready by then, and what is
    /// ready before is there for who is awake. One who should have come by now and has not is passed over: it may be stopped.
    func draw(for asker: Ticket, at now: Duration) -> Draw {
        var places = places(at: now)
        var line = tickets.filter { isPunctual($0, at: now) } + [asker]
        var draw = Draw()
        /// Somebody may not come for what is kept for it now; then it is there for the asker.
        var unclaimed: Duration?
        while let next = line.indices.min(by: { (line[$0].round, line[$0].turn) < (line[$1].round, line[$1].turn) }) {
            let ticket = line[next]
            line[next].round += 1
            line[next].wanted -= 1
            if ticket.wanted == 1 { line.remove(at: next) }
            let isAsker = ticket.turn == asker.turn
            let earliest = isAsker ? now : max(now, ticket.lookAgain)
            // Nothing that came free unexpectedly is kept for one who sleeps on.
            let floor = earliest > now + terms.patience ? now : nil
            guard
                let index = choose(among: places, isSchedule: ticket.isSchedule, awakeAt: earliest, after: floor)
                    ?? choose(among: places, isSchedule: ticket.isSchedule, awakeAt: earliest, after: nil)
            else { continue }
            let instant = max(places[index].readyAt, earliest)
            if isAsker {
                if instant > now {
                    draw.next = min(instant, unclaimed ?? instant)
                    draw.isCertain = places[index].isCertain
                    break
                }
                draw.slots.append(index)
            } else if instant <= now {
                let patience = ticket.lookAgain + terms.patience + .nanoseconds(1)
                unclaimed = min(unclaimed ?? patience, patience)
            }
            places[index] = Place(readyAt: instant + terms.window, isCertain: false)
            if isAsker, ticket.wanted == 1 { break }
        }
        return draw
    }

    private struct Place {
        /// At the earliest.
        var readyAt: Duration
        var isCertain: Bool
    }

    /// The slots by number, each with the earliest instant at which it may be used.
    private func places(at now: Duration) -> [Place] {
        let start = max(now, block.until)
        var places = [Place](repeating: Place(readyAt: start, isCertain: true), count: terms.limit)
        var surplus: [Place] = []
        for (number, slot) in slots {
            let place =
                slot.flight == nil
                ? Place(readyAt: max(start, slot.readyAt), isCertain: true)
                : Place(readyAt: max(start, now + terms.window), isCertain: false)
            if number < terms.limit { places[number] = place } else { surplus.append(place) }
        }
        // A process with a higher limit uses more slots than this one knows: they take up slots of this one.
        surplus.removeAll { $0.readyAt <= now }
        if !surplus.isEmpty {
            surplus.sort { $0.readyAt < $1.readyAt }
            let order = places.indices.sorted { (places[$0].readyAt, $0) < (places[$1].readyAt, $1) }
            for (place, index) in zip(surplus, order + order.reversed()) where place.readyAt > places[index].readyAt {
                places[index] = place
            }
        }
        return places
    }

    /// Of the slots ready by `awakeAt` the last, else the first that will be; among equals one that is open to schedules.
    /// With `after`, only of those that are not ready by then.
    private func choose(among places: [Place], isSchedule: Bool, awakeAt: Duration, after floor: Duration?) -> Int? {
        let open = isSchedule ? min(terms.openToSchedules, places.count) : places.count
        var best: Int?
        // Lower numbers come first among equals, and the lower ones are those open to schedules.
        for index in 0..<open where floor.map({ places[index].readyAt > $0 }) ?? true {
            guard let known = best else {
                best = index
                continue
            }
            let (a, b) = (places[index].readyAt, places[known].readyAt)
            let isBetter = a <= awakeAt ? (b > awakeAt || a > b) : (b > awakeAt && a < b)
            if isBetter { best = index }
        }
        return best
    }

    private func newcomer(wanting wanted: Int, at now: Duration) -> Ticket {
        Ticket(
            holder: .nobody, run: "", isSchedule: false, wanted: wanted, round: firstRound(at: now), turn: .max,
            lookAgain: now)
    }
}
