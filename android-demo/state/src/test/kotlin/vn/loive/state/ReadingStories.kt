package vn.loive.state

import java.io.File
import java.time.Duration
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import vn.loive.Answer
import vn.loive.CheckIns
import vn.loive.Level
import vn.loive.LibraryKind
import vn.loive.LibraryQuery
import vn.loive.Taken
import vn.loive.Tri
import vn.loive.parseMarkup

private const val HOUR = 3_600L
private const val NEW_TITLE = "Lương cao mà việc nhẹ"
private val FIRST = Taken.Shown(1u)

/** What is read and planned with no signal. */
class ReadingStories {
    @Test
    fun `library-first-start`() = story {
        val shipped = hotline.publishLibrary(folder("release"))
        hotline.link(false)
        val library = opened().session.library
        library.home("15").join()
        assertNull(library.shown.value.standing?.release)
        assertEquals(true, library.shown.value.home?.run { (alerts + doors).isEmpty() })

        library.take(shipped).join()
        assertEquals(FIRST, library.shown.value.taken)
        val standing = checkNotNull(library.shown.value.standing)
        assertEquals(1u to 0uL, standing.release to standing.ageDays)
        assertEquals(0uL, standing.bytesFetched)
        val home = checkNotNull(library.shown.value.home)
        assertTrue(home.doors.isNotEmpty())
        for (door in home.doors) assertTrue(door.title.isNotEmpty() && door.lines.isNotEmpty())
        library.look(LibraryQuery(LibraryKind.ARTICLE, topic = null, audience = null)).join()
        assertTrue(library.shown.value.list.any { it.id == "a09" })
        library.open("a09").join()
        val page = checkNotNull(library.shown.value.page)
        assertTrue(page.sources.isNotEmpty() && page.checkedOn != null)
        for (block in page.blocks) assertTrue(parseMarkup(block.text).parts.isNotEmpty())
        library.take(shipped).join()
        assertEquals(Taken.Known(1u), library.shown.value.taken)
    }

    @Test
    fun `library-search`() = story {
        val library = reader().session.library
        library.search("duong mon").join()
        val path = library.shown.value.hits.first()
        assertEquals("a56", path.line.id)
        assertEquals(listOf("đường", "mòn"), path.title.filter { it.isMatch }.map { it.text })
        library.search("18001567").join()
        val number = library.shown.value.hits.first()
        assertEquals("d01" to "tổng đài 111", number.line.id to number.instead)
        library.search("huyện").join()
        assertEquals("xã", library.shown.value.hits.first().instead)
        for (typed in listOf("", "\"", "((", "zzzz")) {
            library.search(typed).join()
            assertEquals(0, library.shown.value.hits.size, typed)
        }
        assertNull(library.shown.value.error)
    }

    @Test
    fun `library-quiz`() = story {
        val mai = reader()
        for ((question, mayBeMinor, level) in
            listOf(
                Triple("q1_1", false, Level.YELLOW),
                Triple("q1_1", true, Level.RED),
                Triple("q1_8", false, Level.RED),
            )) {
            val answers = mapOf(question to Tri.YES, "q1_2" to Tri.DONT_KNOW)
            mai.session.library.judge("q1", answers, mayBeMinor).join()
            val outcome = checkNotNull(mai.session.library.shown.value.quiz)
            assertEquals(level to listOf(question), outcome.screened?.level to outcome.questions)
            assertTrue("111" in outcome.words.orEmpty() && outcome.read.isNotEmpty())
        }
        mai.session.library.open("a09").join()
        assertEquals(false, mai.session.library.shown.value.page?.isFavourite)
        assertEquals(0, mai.marked())
        val empty = mai.plan().plan
        assertEquals(true, empty?.questions?.all { it.answer == null })

        mai.session.library.mark("a09", true).join()
        mai.session.plan.answer("destination", PLAN.getValue("destination")).join()
        mai.restart()
        assertEquals(1, mai.marked())
        assertNotEquals(empty, mai.plan().plan)
        assertNull(mai.session.erasePrivate())
        assertEquals(0, mai.session.library.shown.value.favourites.size)
        assertEquals(empty, mai.session.plan.shown.value.plan)
    }

    @Test
    fun `library-from-phone-to-phone`() = story {
        val first = hotline.publishLibrary(folder("first"))
        val edit = mapOf("item" to "a09", "key" to "title.vi", "text" to NEW_TITLE)
        val second = hotline.publishLibrary(folder("second"), edit)
        hotline.link(false)
        val mai = opened("mai").session.library
        val lan = opened("lan").session.library
        for (library in listOf(mai, lan)) library.take(first).join()
        mai.take(second).join()
        assertEquals(Taken.Shown(2u), mai.shown.value.taken)
        val file = checkNotNull(mai.file())
        lan.open("a09").join()
        val old = lan.shown.value.page

        val middle = file.size / 2
        val flipped = file.clone().also { it[middle] = (it[middle] + 1).toByte() }
        for ((damaged, why) in
            listOf(
                flipped to "rejection.not_our_release",
                file.copyOf(middle) to "rejection.not_understood",
            )) {
            lan.take(damaged).join()
            assertEquals(sentence(why), lan.shown.value.error)
            assertNull(lan.shown.value.taken)
            lan.open("a09").join()
            assertEquals(old, lan.shown.value.page)
        }
        lan.take(file).join()
        assertEquals(Taken.Shown(2u), lan.shown.value.taken)
        lan.open("a09").join()
        assertEquals(NEW_TITLE, lan.shown.value.page?.line?.title)
        lan.take(file).join()
        assertEquals(Taken.Known(2u), lan.shown.value.taken)
        lan.take(first).join()
        assertEquals(sentence("rejection.older_release"), lan.shown.value.error)
    }

    @Test
    fun `safety-plan`() = story {
        val clock = SetClock(hotline.now())
        val mai = handset(clock = clock).also { it.open() }
        val plan = mai.session.plan
        val empty = mai.plan().plan
        plan.start().join()
        assertEquals(sentence("problem.missing"), plan.shown.value.error)
        assertNull(plan.shown.value.checkIns)
        for ((question, answer) in PLAN) plan.answer(question, answer).join()
        assertEquals(emptyMap<String, Sentence>(), plan.shown.value.errors)
        val filled = checkNotNull(plan.shown.value.plan)
        assertEquals(emptyList<String>() to 10uL, filled.missing to filled.checksDone)
        assertTrue(filled.isChecked)
        val numbers = plan.shown.value.card?.lines?.map { it.number }
        assertEquals(listOf("0912 345 678", "111", "113"), numbers)
        drawsTheCard(mai)

        plan.start().join()
        val first = mai.checkIns()
        assertFalse(first.isOverdue)
        assertEquals(first.toldAt + Duration.ofDays(1), first.nextDue)
        val reminders = plan.shown.value.reminders
        assertEquals(first.nextDue, reminders.first().at)
        assertEquals(setOf("reminder.neutral"), reminders.map { it.wordsKey }.toSet())
        clock.seconds += 25 * HOUR
        assertEquals(true to null, mai.checkIns().run { isOverdue to missedSince })
        clock.seconds += 24 * HOUR
        assertEquals(first.familyActsAt, mai.checkIns().missedSince)
        plan.fine().join()
        assertEquals(false to null, mai.checkIns().run { isOverdue to missedSince })

        mai.sync()
        assertNull(mai.session.erasePrivate())
        assertEquals(empty, plan.shown.value.plan)
        assertNull(plan.shown.value.checkIns)
        assertEquals(0, hotline.count())
    }

    /** As files in memory and nowhere else. */
    private suspend fun drawsTheCard(mai: Handset) {
        val plan = mai.session.plan
        val before = mai.files()
        val drawn = checkNotNull(plan.drawCard()) { plan.shown.value.error ?: "not drawn" }
        assertEquals("\u0089PNG\r\n", drawn.png.copyOf(6).toString(Charsets.ISO_8859_1))
        assertEquals("%PDF-", drawn.pdf.copyOf(5).toString(Charsets.ISO_8859_1))
        assertEquals(emptyList<String>(), drawn.notWhole.map { it.number })
        plan.answer("trusted_1_name", Answer.Text("សុខា")).join()
        val strange = checkNotNull(plan.drawCard())
        assertEquals(listOf("0912 345 678"), strange.notWhole.map { it.number })
        assertFalse(strange.png.contentEquals(drawn.png))
        plan.answer("trusted_1_name", PLAN.getValue("trusted_1_name")).join()
        assertEquals(before, mai.files())
        for (folder in listOf("java.io.tmpdir", "user.dir", "user.home").map(System::getProperty)) {
            for (file in File(folder).listFiles().orEmpty().filter(File::isFile)) {
                val isCard =
                    listOf(drawn.png, drawn.pdf).any {
                        file.length() == it.size.toLong() && file.readBytes().contentEquals(it)
                    }
                assertFalse(isCard, "$file")
            }
        }
    }

    /** A phone with no signal and the release that its app ships. */
    private suspend fun Story.reader(): Handset {
        val shipped = hotline.publishLibrary(folder("release"))
        hotline.link(false)
        val mai = opened()
        mai.session.library.take(shipped).join()
        assertEquals(FIRST, mai.session.library.shown.value.taken)
        return mai
    }
}

private val PLAN: Map<String, Answer> =
    mapOf(
        "destination" to Answer.Text("Bắc Ninh, khu trọ số 4"),
        "trusted_1_name" to Answer.Text("Chị Hoa"),
        "trusted_1_phone" to Answer.Text("0912 345 678"),
        "checkin_schedule" to Answer.Single("daily"),
        "code_ok" to Answer.Text("Mẹ nấu cơm chưa"),
        "code_danger" to Answer.Text("Con mèo ăn gì"),
        "if_missed" to Answer.Single("24h"),
        "family_action" to Answer.Multi(listOf("call_111")),
        "doc_copies" to Answer.Multi(listOf("cccd")),
        "numbers_memorised" to Answer.Multi(listOf("111", "113")),
        "checks" to Answer.Multi((1..10).map { "check_$it" }),
    )

private suspend fun Handset.plan(): PlanShown {
    session.plan.load().join()
    return session.plan.shown.value
}

private suspend fun Handset.checkIns(): CheckIns = checkNotNull(plan().checkIns)

private suspend fun Handset.marked(): Int {
    session.library.home().join()
    return session.library.shown.value.favourites.size
}
