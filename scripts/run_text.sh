# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: LicenseRef-Proprietary
#
# scripts/run_text.sh - what ./run says to people, in Russian and in English.
#
# The language is that of the terminal; where it names none of the two, progress is in
# English and the closing table in both.

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
ru*) SPEAK=ru ;;
en*) SPEAK=en ;;
*) SPEAK=both ;;
esac

# tell RUSSIAN ENGLISH
tell() { if [ $SPEAK = ru ]; then echo "$1"; else echo "$2"; fi; }

say_step() { tell "run: $1 …" "run: $2 …"; }
say_stopping() { tell 'run: останавливаю …' 'run: stopping …'; }
say_already() { tell 'run: уже работает:' 'run: it is running already:' >&2; }
say_ended_hard() {
    tell "run: $1 не остановился сам, остановлен принудительно" \
        "run: $1 did not stop by itself and was killed" >&2
}
say_not_started() {
    tell "run: $1 не запустился (var/log/$1.log):" \
        "run: $1 did not start (var/log/$1.log):" >&2
}
say_restart() {
    local words=''
    [ "$2" = 0 ] || [ "$2" -gt 127 ] || words=": $(last_words "$1")"
    tell "run: $1 завершился (код $2), запущу снова через $3 с$words" \
        "run: $1 ended (status $2), starting it again in ${3}s$words" >&2
}
say_begin_anew() {
    tell 'run: это демонстрация; начать её с чистого листа: rm -rf var/demo' \
        'run: this is the demo shop; to begin it anew: rm -rf var/demo' >&2
}
say_no_webhooks() {
    tell 'run: адреса вебхуков не приняты; см. var/log/webhooks.log' \
        'run: the webhooks were not accepted; see var/log/webhooks.log' >&2
}

row() { printf '  %-11s %-44s %s\n' "$@"; }
rows() {
    local updates=polling
    [ "${TELEGRAM_UPDATES-}" != webhook ] && [ -z "${PUBLIC_URL-}" ] || updates=webhook
    row database "${DATABASE_SOCKET:-${DATABASE_HOST-}}" \
        "${private_db:+var/log/mysql.log}"
    row redis "$(sed 's#//[^/@]*@#//#' <<<"$REDIS_URL")" "${private_redis:+var/log/redis.log}"
    row bots "http://$BOTS_LISTEN ($updates)" var/log/bots.log
    row api "http://$API_LISTEN/api/docs" var/log/api.log
    row worker '' var/log/worker.log
    row scheduler '' var/log/scheduler.log
    [ $mode = live ] || row chat "http://$BOTAPI_LISTEN/" var/log/botapi.log
}

steps_ru() {
    echo
    if [ $mode = demo ]; then
        echo "Первая скидка за три шага: http://$BOTAPI_LISTEN/?demo=1 (слева телефон покупателя, справа кассира)"
        echo '  1. Слева: «Начать», «✅ Согласен», «📣 Открыть канал» и «Подписаться», стрелка назад: придёт QR-код.'
        echo '  2. Справа: «Начать», «🔓 Открыть смену». Слева под картинкой «Открыть камерой» и выберите кассира; или напишите код справа.'
        echo '  3. Справа: «✅ Применить». Скидка использована, покупателю пришло сообщение.'
    else
        echo 'Напишите /start боту клиента; владелец (SUPERADMIN_TELEGRAM_ID) — боту кассы.'
    fi
    echo 'Остановить: Ctrl-C или ./run --stop. Журналы: var/log/.'
}
steps_en() {
    echo
    if [ $mode = demo ]; then
        echo "The first discount in three steps: http://$BOTAPI_LISTEN/?demo=1&left=812345678 (a customer on the left, a cashier on the right)"
        echo '  1. Left: «Начать» (Start), “I agree”, “Open the channel” and «Подписаться» (Subscribe), the arrow back: a QR code arrives.'
        echo '  2. Right: «Начать», «🔓 Открыть смену» (Open a shift). Left, below the picture: «Открыть камерой» (point the camera), pick the cashier; or type the code on the right.'
        echo '  3. Right: «✅ Применить» (Apply). The discount is used, and the customer hears of it.'
    else
        echo 'Write /start to the client bot; the owner (SUPERADMIN_TELEGRAM_ID) to the cashier bot.'
    fi
    echo 'To stop: Ctrl-C or ./run --stop. Logs: var/log/.'
}
say_table() {
    echo
    tell 'Дворик работает.' 'Dvorik is running.'
    rows
    [ $SPEAK = en ] || steps_ru
    [ $SPEAK = ru ] || steps_en
}
# The first owner's way in. A real shop's is kept in no file, so it is shown to a terminal
# only. Without an owner there is none.
say_login() {
    if [ -n "$1" ] && [ $mode = live ] && [ ! -t 1 ]; then
        tell 'Ссылка для входа владельца: . var/run/env; bin/dvorik admin login-link' \
            "The owner's login link: . var/run/env; bin/dvorik admin login-link"
    elif [ -n "$1" ]; then
        tell "Вход владельца (один раз, 10 минут): $1" "The owner's login (once, 10 minutes): $1"
        tell 'Ещё ссылка: . var/run/env; bin/dvorik admin login-link' \
            'Another one: . var/run/env; bin/dvorik admin login-link'
    else
        tell 'Владельца ещё нет: SUPERADMIN_TELEGRAM_ID в .env, или dvorik admin add ID --role owner' \
            'There is no owner yet: SUPERADMIN_TELEGRAM_ID in .env, or dvorik admin add ID --role owner'
    fi
}
