import IwinvWire
import Testing

@Suite struct RequestBlockTests {
    private func block(_ replies: (at: Int64, asks: Int64?)...) -> RequestBlock {
        var block = RequestBlock()
        for reply in replies {
            block.extend(
                retryAfter: reply.asks.map { .seconds($0) }, usual: .seconds(60), at: .seconds(reply.at))
        }
        return block
    }

    @Test func `a short pause is believed, and none means the usual one`() {
        #expect(block((10, 7)) == RequestBlock(until: .seconds(17)))
        #expect(block((10, nil)) == RequestBlock(until: .seconds(70)))
        #expect(block((10, -5)) == RequestBlock(until: .seconds(10)))
        #expect(block((10, 300)) == RequestBlock(until: .seconds(310)))
        // One that asks for less does not shorten it.
        #expect(block((10, 90), (20, 5)).until == .seconds(100))
    }

    @Test func `a long pause is five minutes, until the next 429 repeats it`() {
        let once = block((0, 100_000))
        #expect(once == RequestBlock(until: .seconds(300), wish: .seconds(100_000)))
        // Those that were under way say nothing new.
        #expect(block((0, 100_000), (2, 100_000), (3, 100_000)).until == .seconds(303))
        #expect(block((0, 100_000), (301, 100_000)).until == .seconds(301 + 3600))
        #expect(block((0, 100_000), (301, 900)).until == .seconds(301 + 900))
        // Asked for less, or much later, it is no repetition.
        #expect(block((0, 100_000), (301, 7), (310, 100_000)).until == .seconds(610))
        #expect(block((0, 100_000), (4000, 100_000)).until == .seconds(4300))
    }
}
