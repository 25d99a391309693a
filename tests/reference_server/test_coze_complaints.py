"""What people complained of in adapters for Coze, and the test of each, or why it can't happen here."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = [*HERE.glob("test_coze*.py"), HERE / "test_settings.py", HERE.parent / "clients" / "test_bots.py"]
TESTS = {name for file in FILES for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}
COMPLAINTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("coze2openai#12", "'unexpected response': the bot was not published",
     ("test_a_bot_that_is_not_published_is_named_as_the_cause",)),
    ("coze2openai#11", "a platform's 10 seconds end an answer",
     ("test_silence_before_the_first_word_ends_in_time_and_the_chat_is_cancelled",
      "test_a_first_word_may_be_late_and_pings_are_no_silence")),
    ("one-api#1462", "'Bot not published' makes a channel unusable",
     ("test_a_bot_that_is_not_published_is_named_as_the_cause", "test_probes_cost_no_tokens_and_find_out")),
    ("one-api#1458", "404; wants bot-*", ("test_a_bot_is_found_by_its_model",)),
    ("one-hub#818", "asks /v2/chat, which is gone", ("test_nothing_fails",)),
    ("coze-studio#2007", "the cloud's client is broken against Studio",
     ("test_studio_is_another_server_to_it", "test_an_answer_is_said_once_and_nothing_else")),
    ("coze-studio#41", "'role not match' for the assistant's turns",
     ("test_the_whole_history_goes_into_a_conversation_of_its_own",)),
    ("coze-studio#2028", "history lost: the conversation's id was in the body",
     ("test_the_whole_history_goes_into_a_conversation_of_its_own",)),
    ("coze-studio#242", "no answers but streams", ("test_a_whole_answer_needs_one_call_and_no_polling",)),
    ("coze-studio#245", "700012006 from routes that want a cookie: only routes for keys are asked",
     ("test_probes_cost_no_tokens_and_find_out", "test_our_own_key_is_for_the_operator_to_mend")),
    ("coze-studio#1885", "long answers: connection closed, gateway timeout",
     ("test_a_first_word_may_be_late_and_pings_are_no_silence", "test_no_stream_is_too_long")),
    ("coze-studio#402", "`stream` left out is a stream, or is not",
     ("test_streams_are_asked_for_explicitly_whatever_the_client_wants",
      "test_json_in_the_place_of_a_stream_is_a_failure")),
    ("coze-py#425", "a validation error hides 4028", ("test_a_failure_before_the_first_word_is_a_real_status",)),
    ("coze-py#249", "a PING is an unknown event", ("test_whatever_else_happens_in_a_chat_is_never_content",)),
    ("coze-py#78", "a refused key is reported as an invalid event",
     ("test_our_own_key_is_for_the_operator_to_mend",)),
    ("coze-py#81", "where is the usage?",
     ("test_the_usage_is_what_coze_says", "test_usage_that_is_not_in_the_stream_is_asked_for",
      "test_usage_that_nobody_knows_is_counted_and_the_metrics_say_so")),
    ("coze-js#314", "retrieve is refused with 4100: then the usage is counted",
     ("test_usage_that_can_not_be_asked_for_is_counted",)),
    ("coze-js#333", "a long stream ends with an empty error", ("test_a_stream_that_breaks_says_so_and_is_no_success",)),
    ("coze-js#179", "5000",
     ("test_a_failure_before_the_first_word_is_a_real_status", "test_a_fallback_answers_where_coze_can_not")),
    ("coze-java#36", "a stream is held back and comes all at once",
     ("test_the_first_words_arrive_before_the_last_are_there",)),
    ("xiaozhi-esp32-server#2076", "4016 occupied, and it hangs",
     ("test_an_occupied_conversation_is_left_for_a_new_one",)),
    ("xiaozhi-esp32-server#1606", "one turn only", ("test_the_whole_history_goes_into_a_conversation_of_its_own",)),
    ("dify-on-wechat#24", "context lost, one base URL for all",
     ("test_the_whole_history_goes_into_a_conversation_of_its_own", "test_each_engine_has_its_own_coze")),
    ("CowAgent#2227", "the verbose packet is shown as the answer",
     ("test_nothing_but_answers_is_said", "test_whatever_else_happens_in_a_chat_is_never_content")),
    ("ruoyi-ai#207", "one turn only", ("test_the_whole_history_goes_into_a_conversation_of_its_own",)),
    ("AstrBot#4348", "an empty reply", ("test_an_answer_without_a_word_is_a_failure",)),
    ("TEN-framework#603", "no images",
     ("test_an_image_in_the_request_is_uploaded_once",
      "test_the_address_of_an_image_is_passed_on_where_its_host_is_listed")),
    ("coze-discord-proxy#1", "hangs, no end",
     ("test_silence_in_the_midst_of_an_answer_ends_in_time_and_the_chat_is_cancelled",)),
    ("coze-discord-proxy#21", "a proxy's timeout",
     ("test_no_stream_is_too_long", "test_every_engine_may_have_its_own_patience_and_key")),
    ("coze-discord-proxy#95", "a daily limit; wants several bots",
     ("test_a_fallback_answers_where_coze_can_not", "test_whether_to_try_again_is_told")),
    ("coze-discord-proxy#125", "the answer three times", ("test_an_answer_is_said_once_and_nothing_else",
     "test_an_answer_that_is_repeated_under_another_id_is_said_once")),
    ("coze-discord-proxy#143", "the connection stays open after the answer",
     ("test_a_connection_that_is_kept_open_after_the_answer_holds_nobody_up",)),
    ("coze-discord-proxy#149", "users see each other's context",
     ("test_users_are_kept_apart_and_known_again", "test_strangers_share_no_memory", "test_a_call_is_nobody_elses")),
    ("coze-discord-proxy#168", "500 for invalid parameters", ("test_what_is_dropped_is_checked_all_the_same",)),
    ("coze-go#56", "4101 for a key of the other region",
     ("test_our_own_key_is_for_the_operator_to_mend", "test_a_failure_before_the_first_word_is_a_real_status")),
    ("Customer-Agent#10", "creating a conversation fails at Studio: none is created by itself",
     ("test_the_whole_history_goes_into_a_conversation_of_its_own",)),
    ("one-api#2015", "wants /v3/chat", ("test_nothing_fails",)),
    ("cherry-studio#3085", "use Coze from clients of OpenAI's",
     ("test_openai_for_python_talks_to_bots", "test_openai_for_node_talks_to_bots")),
]  # fmt: skip


def test_all_of_them_are_here() -> None:
    assert len({thread for thread, _, _ in COMPLAINTS}) == 38


@pytest.mark.parametrize(("thread", "complaint", "tests"), COMPLAINTS, ids=[thread for thread, _, _ in COMPLAINTS])
def test_a_complaint_has_a_test(thread: str, complaint: str, tests: tuple[str, ...]) -> None:
    assert tests, f"{thread}: {complaint}"
    assert set(tests) <= TESTS
