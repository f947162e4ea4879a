import Clocks
import IwinvCatalog

// This month's charges so far (CONTRACT 3.8). The amounts are [assumed]: no source says how the cloud comes to them.

extension Cloud {
    func getLiveBill(_ call: Call) -> Answer {
        let month = SeoulTime.Month(of: call.instant)
        return call.answer([
            [
                "bill_id": "BILL-live", "start_date": .string(month.first),
                "end_date": .string(SeoulTime.date(call.instant)),
                "price": .integer(charges(from: month.start, to: call.instant)), "currency": "KRW",
            ]
        ])
    }

    /// KRW without VAT for a stretch of time: for each server the day's price of the flavor that it has now, for each
    /// volume a thirtieth of its type's price a month and GB, times the part of it for which they existed; whole won,
    /// rounded down for each. Being off saves nothing (CONTRACT 3.6), a deletion stops the charge at once (CONTRACT U26).
    func charges(from start: Instant, to end: Instant) -> Int64 {
        /// Seconds of the stretch for which something existed that has these dates.
        func seconds(_ created: String, _ deleted: String?) -> Int64 {
            let first = max(start, SeoulTime.instant(created) ?? start)
            let last = min(end, deleted.flatMap(SeoulTime.instant) ?? end)
            return max(0, last.seconds - first.seconds)
        }
        let forServers = servers.map { server in
            seconds(server.startDate, server.stopDate) * (flavor(server.flavorID)?.dailyPrice ?? 0) / 86_400
        }
        let forVolumes = volumes.map { volume in
            seconds(volume.startDate, volume.stopDate) * volume.size
                * (volumeType(volume.type)?.monthlyPrice ?? 0) / (30 * 86_400)
        }
        return forServers.reduce(0, +) + forVolumes.reduce(0, +)
    }
}
