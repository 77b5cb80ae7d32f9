# SPDX-License-Identifier: LicenseRef-Proprietary
#
# ptb.py MESSAGES THREADS - a broadcast with python-telegram-bot, without a ledger: its Bot,
# THREADS at a time on as many connections (without its MessageQueue: that would hold it at
# 30 a second). BOT_TOKEN and API say where. Prints messages a second.
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.utils.request import Request

count, threads = int(sys.argv[1]), int(sys.argv[2])
bot = Bot(os.environ['BOT_TOKEN'], base_url=os.environ['API'] + '/bot',
          request=Request(con_pool_size=threads + 4))
keys = InlineKeyboardMarkup([
    [InlineKeyboardButton('Мои скидки', callback_data='v1:bc:wallet:1')],
    [InlineKeyboardButton('Не присылать рассылку', callback_data='v1:bc:off:1')]])


def send(i):
    bot.send_message(1000000000 + i, '<b>Анна</b>, в пятницу скидка 15 % на всё. Ждём вас с 9 до 21!',
                     parse_mode='HTML', reply_markup=keys)


with ThreadPoolExecutor(threads) as pool:
    list(pool.map(send, range(threads)))
    began = time.monotonic()
    list(pool.map(send, range(count)))
    print(round(count / (time.monotonic() - began)))
